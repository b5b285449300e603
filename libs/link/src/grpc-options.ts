import { type ChannelCredentials, type ChannelOptions, Client, credentials } from '@grpc/grpc-js';
import type { LinkAddress } from './address.js';
import { formatLinkAddress } from './address.js';

/**
 * Half-open connections are found by pings, every 20 s, with 10 s to answer. Not those of the link that agents dial, where
 * each end hears of the other every few seconds: 10,000 connections would be 1,000 pings a second.
 */
const KEEPALIVE: ChannelOptions = {
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
};

export const DEFAULT_MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

export const serverOptions = (maxMessageBytes: number, maxStreams: number, pings: boolean): ChannelOptions => ({
  ...(pings ? KEEPALIVE : {}),
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_concurrent_streams': maxStreams,
  // A connection without a call is of no use to anybody.
  'grpc.max_connection_idle_ms': 60_000,
  // Its bookkeeping costs memory for each connection, and nothing here reads it.
  'grpc.enable_channelz': 0,
});

/**
 * A client with a connection of its own. No proxy (it could not verify who answers), no retries (a command is sent
 * once), no service configuration from DNS, no back-off shared with other clients (the session has its own).
 */
export function openClient(
  address: LinkAddress,
  maxMessageBytes: number,
  pings: boolean,
  security?: ChannelCredentials,
): Client {
  const target = address.kind === 'unix' ? `unix:${address.path}` : `dns:${formatLinkAddress(address)}`;
  return new Client(target, security ?? credentials.createInsecure(), {
    ...(pings ? KEEPALIVE : {}),
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_retries': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_channelz': 0,
  });
}
