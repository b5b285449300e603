/** A channel as the operator's file describes it. Holds secrets: never logged, never shown. */
export type ChannelConfig = WebhookConfig | EmailConfig | SlackConfig;

export type ChannelKind = ChannelConfig['kind'];

export interface WebhookConfig {
  readonly name: string;
  readonly kind: 'webhook';
  readonly url: URL;
  /** `whsec_` and base64, as Standard Webhooks writes it. */
  readonly secret: string;
}

export interface EmailConfig {
  readonly name: string;
  readonly kind: 'email';
  readonly smtp: SmtpConfig;
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
}

export interface SmtpConfig {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; else STARTTLS, without which nothing is sent beyond this machine. */
  readonly secure: boolean;
  readonly login: { readonly user: string; readonly password: string } | null;
}

export interface MailAddress {
  /** Empty where none is given. */
  readonly name: string;
  readonly address: string;
}

export interface SlackConfig {
  readonly name: string;
  readonly kind: 'slack';
  /** Whoever knows it can post: a secret as a whole. */
  readonly url: URL;
}
