// Signing out ends it for every tab of the browser.
import { openChannel } from "./channel";

const CHANNEL = "genesis:signed-out";

export function tellSignedOut(): void {
  const channel = openChannel(CHANNEL);
  channel?.postMessage(null);
  channel?.close();
}

/** Calls `listener` when another tab signed out, until the returned function is called. */
export function onSignedOutElsewhere(listener: () => void): () => void {
  const channel = openChannel(CHANNEL);
  if (channel) channel.onmessage = () => listener();
  return () => channel?.close();
}
