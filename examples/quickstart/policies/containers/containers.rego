package web.containers

import data.registries

deny contains message if {
	some container in input.spec.containers
	not container.securityContext.runAsNonRoot
	message := sprintf("%s may run as root", [container.name])
}

deny contains message if {
	some container in input.spec.containers
	not from_our_registries(container.image)
	message := sprintf("%s is not from one of our registries", [container.image])
}

from_our_registries(image) if {
	some registry in registries
	startswith(image, sprintf("%s/", [registry]))
}
