import { randomUUID } from "node:crypto";

import type { CryptoKey } from "jose";

import { isTypeError } from "../failures.js";
import type { Identity } from "./identity.js";
import { type RoleName, isRoleName, permissionsOfRoles } from "./roles.js";

type Jose = typeof import("jose");

/** ACR's own audience, which is always accepted (Microsoft, "Disable authentication as ARM"). */
const registryAudience = "https://containerregistry.azure.net";

/** A cloud of Azure, by its audiences of Azure Resource Manager as the SDKs of JavaScript and Go ask for them. */
const armAudiences = {
  public: ["https://management.azure.com", "https://management.core.windows.net"],
  china: ["https://management.chinacloudapi.cn", "https://management.core.chinacloudapi.cn"],
  "us-government": [
    "https://management.usgovcloudapi.net",
    "https://management.core.usgovcloudapi.net",
  ],
} as const;

export type Cloud = keyof typeof armAudiences;

export interface EntraTokenOptions {
  /** Default `https://containerregistry.azure.net`. */
  readonly audience?: string;
  /** Default 3,600. A negative number makes a token that has expired. */
  readonly expiresInSeconds?: number;
  /** Object id of the caller. */
  readonly subject?: string;
  /** The caller's roles in the registry. Default: it may do everything. An empty list allows nothing. */
  readonly roles?: readonly RoleName[];
}

/** Environment variables with which a process finds the emulator's managed identities. */
export interface ManagedIdentityVariables {
  /** As on a virtual machine. */
  readonly virtualMachine: Readonly<Record<string, string>>;
  readonly appService: Readonly<Record<string, string>>;
}

/** The emulated Microsoft Entra ID, whose tokens `/oauth2/exchange` accepts. */
export interface Entra {
  /** The registry's tenant. */
  readonly tenantId: string;
  /** With the option `entra`: its origin, for the option `authorityHost` of credentials. */
  readonly authorityHost?: string | undefined;
  /** With the option `entra`: the variables that direct managed identities to the emulator, in either form. */
  readonly managedIdentity?: ManagedIdentityVariables | undefined;
  /** Makes a signed Entra token. */
  issueToken(options?: EntraTokenOptions): Promise<string>;
}

export interface EntraSettings {
  readonly armAudience: boolean;
  readonly cloud: Cloud;
  readonly tenantId: string | undefined;
}

const keyId = "emulator";

export class EmulatedEntra {
  readonly tenantId: string;
  private readonly issuer: string;
  private readonly audiences: readonly string[];

  private constructor(
    private readonly jose: Jose,
    private readonly keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey },
    private readonly settings: EntraSettings,
    private readonly now: () => number,
  ) {
    this.tenantId = settings.tenantId ?? randomUUID();
    this.issuer = `https://sts.windows.net/${this.tenantId}/`;
    // Both spellings are in use; with `.default`, a slash at the end is kept.
    const bare = [registryAudience, ...armAudiences[settings.cloud]];
    this.audiences = bare.flatMap((one) => [one, `${one}/`]);
  }

  static async create(settings: EntraSettings, now: () => number): Promise<EmulatedEntra> {
    const jose = await import("jose");
    return new EmulatedEntra(jose, await jose.generateKeyPair("ES256"), settings, now);
  }

  /** Whether this cloud has the resource. */
  knowsAudience(audience: string): boolean {
    return this.audiences.includes(audience);
  }

  /** What is needed to check tokens of other issuers. */
  checking(): { readonly jose: Jose; readonly now: number } {
    return { jose: this.jose, now: this.now() };
  }

  async publicJwk(): Promise<object> {
    return { ...(await this.jose.exportJWK(this.keys.publicKey)), kid: keyId, use: "sig" };
  }

  issueToken(options: EntraTokenOptions = {}): Promise<string> {
    const {
      audience = registryAudience,
      expiresInSeconds = 3600,
      subject = randomUUID(),
      roles,
    } = options;
    const now = Math.floor(this.now() / 1000);
    return new this.jose.SignJWT({ oid: subject, tid: this.tenantId, ver: "1.0", roles })
      .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: keyId })
      .setIssuer(this.issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(now)
      .setNotBefore(Math.min(now, now + expiresInSeconds))
      .setExpirationTime(now + expiresInSeconds)
      .sign(this.keys.privateKey);
  }

  /** The identity in a token; undefined if its signature, audience, tenant or time is wrong. */
  async readToken(token: string): Promise<Identity | undefined> {
    const audience = this.settings.armAudience
      ? [...this.audiences]
      : [registryAudience, `${registryAudience}/`];
    const options = { issuer: this.issuer, audience, currentDate: new Date(this.now()) };
    try {
      const { payload } = await this.jose.jwtVerify(token, this.keys.publicKey, options);
      const { roles } = payload;
      const names = Array.isArray(roles) ? roles.filter(isRoleName) : undefined;
      return { subject: payload.sub ?? "", kind: "entra", permissions: permissionsOfRoles(names) };
    } catch (error) {
      if (error instanceof this.jose.errors.JOSEError || isTypeError(error)) return undefined;
      throw error;
    }
  }
}
