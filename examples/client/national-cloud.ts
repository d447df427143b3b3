// Reaches a registry of a national cloud. Under `.azurecr.cn` and `.azurecr.us` a client finds authority and audience
// by itself; a registry under a name of its own needs to be told its cloud.
import { AZURE_CLOUDS, RegistryClient } from "pulumi-acr/client";

const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "registry.contoso.cn", {
  ...AZURE_CLOUDS.china,
  // Wherever the emulator or a private cloud has its authority; nothing else needs this line.
  ...(process.env["AZURE_AUTHORITY_HOST"] && {
    authorityHost: process.env["AZURE_AUTHORITY_HOST"],
  }),
  credential: { kind: "environment" },
});

for await (const name of registry.repositories()) console.log(name);
