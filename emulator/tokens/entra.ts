import { randomUUID } from "node:crypto";

import type { CryptoKey } from "jose";

import type { Identity } from "./identity.js";

type Jose = typeof import("jose");

/** The ACR-specific audience, which is accepted always (Microsoft, "Disable authentication as ARM"). */
const registryAudience = "https://containerregistry.azure.net";

/** Audiences of Azure Resource Manager in the public cloud, as the SDKs of JavaScript and Go ask for it. */
const armAudiences = ["https://management.azure.com", "https://management.core.windows.net"];

export interface EntraTokenOptions {
  /** `https://containerregistry.azure.net` by default. */
  readonly audience?: string;
  /** 3,600 by default; a negative number makes a token that has expired. */
  readonly expiresInSeconds?: number;
  /** Object id of the caller. */
  readonly subject?: string;
}

/** Plays Microsoft Entra ID: the source of the tokens that `/oauth2/exchange` takes. */
export interface Entra {
  issueToken(options?: EntraTokenOptions): Promise<string>;
}

export class EmulatedEntra implements Entra {
  private readonly tenant = randomUUID();
  private readonly issuer = `https://sts.windows.net/${this.tenant}/`;

  private constructor(
    private readonly jose: Jose,
    private readonly keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey },
    private readonly armAudience: boolean,
    private readonly now: () => number,
  ) {}

  static async create(armAudience: boolean, now: () => number): Promise<EmulatedEntra> {
    const jose = await import("jose");
    return new EmulatedEntra(jose, await jose.generateKeyPair("ES256"), armAudience, now);
  }

  issueToken(options: EntraTokenOptions = {}): Promise<string> {
    const {
      audience = registryAudience,
      expiresInSeconds = 3600,
      subject = randomUUID(),
    } = options;
    const now = Math.floor(this.now() / 1000);
    return new this.jose.SignJWT({ oid: subject, tid: this.tenant, ver: "1.0" })
      .setProtectedHeader({ alg: "ES256", typ: "JWT" })
      .setIssuer(this.issuer)
      .setAudience(audience)
      .setSubject(subject)
      .setIssuedAt(now)
      .setNotBefore(Math.min(now, now + expiresInSeconds))
      .setExpirationTime(now + expiresInSeconds)
      .sign(this.keys.privateKey);
  }

  /** The caller that a token stands for, or undefined when signature, audience or time is wrong. */
  async readToken(token: string): Promise<Identity | undefined> {
    const bare = [registryAudience, ...(this.armAudience ? armAudiences : [])];
    // Both spellings are in use; with `.default` the slash at the end survives.
    const audience = bare.flatMap((one) => [one, `${one}/`]);
    const options = { issuer: this.issuer, audience, currentDate: new Date(this.now()) };
    try {
      const { payload } = await this.jose.jwtVerify(token, this.keys.publicKey, options);
      return { subject: payload.sub ?? "", kind: "entra" };
    } catch (error) {
      if (error instanceof this.jose.errors.JOSEError || error instanceof TypeError)
        return undefined;
      throw error;
    }
  }
}
