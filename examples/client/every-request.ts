// Counts requests by the status of their answers, and sends a header of your own with each.
import { createDefaultHttpClient, type HttpClient } from "@azure/core-rest-pipeline";
import { RegistryClient } from "pulumi-acr/client";

const answers = new Map<number, number>();
const node = createDefaultHttpClient();
const httpClient: HttpClient = {
  async sendRequest(request) {
    request.headers.set("x-team", "docs");
    const response = await node.sendRequest(request);
    answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
    return response;
  },
};

const loginServer = process.env["ACR_LOGIN_SERVER"] ?? "myregistry.azurecr.io";
const registry = new RegistryClient(loginServer, { httpClient });
for await (const name of registry.repositories()) console.log(name);
for (const [status, count] of answers) console.error(`${status}: ${count}`);
