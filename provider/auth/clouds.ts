/** One of Azure's clouds, in the words of {@link RegistryClientOptions}: spread it into the options. */
export interface AzureCloud {
  /** Where Entra tokens come from. */
  readonly authorityHost: string;
  /** Whom Entra tokens are for. */
  readonly audience: string;
}

/**
 * The clouds that Azure Container Registry is in. A client takes them from the ending of the login
 * server by itself (`.azurecr.io`, `.azurecr.cn`, `.azurecr.us`); only registries under a name of
 * their own need them as options.
 *
 * In the public cloud the audience is ACR's own, the only one left where ARM audiences are disabled
 * (Microsoft Learn, "Disable authentication as ARM template"). Nothing says that it serves the other
 * clouds, so there it is Azure Resource Manager's, as in Microsoft's own libraries.
 */
export const AZURE_CLOUDS = {
  public: {
    authorityHost: "https://login.microsoftonline.com",
    audience: "https://containerregistry.azure.net",
  },
  china: {
    authorityHost: "https://login.chinacloudapi.cn",
    audience: "https://management.chinacloudapi.cn",
  },
  usGovernment: {
    authorityHost: "https://login.microsoftonline.us",
    audience: "https://management.usgovcloudapi.net",
  },
} as const satisfies Readonly<Record<string, AzureCloud>>;

/** The cloud of a login server, by its ending; the public cloud for all other names. */
export function cloudOf(loginServer: string): AzureCloud {
  const [host = ""] = loginServer.split(":");
  if (host.endsWith(".azurecr.cn")) return AZURE_CLOUDS.china;
  if (host.endsWith(".azurecr.us")) return AZURE_CLOUDS.usGovernment;
  return AZURE_CLOUDS.public;
}
