// Lists the repositories of a registry.
import { RegistryClient } from "pulumi-acr/client";

const registry = new RegistryClient(process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io");

for await (const name of registry.repositories()) console.log(name);
