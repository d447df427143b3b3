// Uses a registry of a national cloud. For `.azurecr.cn` and `.azurecr.us` the client knows authority and audience; for
// a registry with a custom domain, give its cloud.
import { AZURE_CLOUDS, RegistryClient } from "pulumi-acr/client";

const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "registry.contoso.cn", {
  ...AZURE_CLOUDS.china,
  // Only needed for the emulator or a private cloud, which have authorities of their own.
  ...(process.env["AZURE_AUTHORITY_HOST"] && {
    authorityHost: process.env["AZURE_AUTHORITY_HOST"],
  }),
  credential: { kind: "environment" },
});

for await (const name of registry.repositories()) console.log(name);
