// Signing out ends it for every tab of the browser.

const CHANNEL = "genesis:signed-out";

export function tellSignedOut(): void {
  if (!("BroadcastChannel" in window)) return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(null);
  channel.close();
}

/** Calls `listener` when another tab signed out, until the returned function is called. */
export function onSignedOutElsewhere(listener: () => void): () => void {
  if (!("BroadcastChannel" in window)) return () => undefined;
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = () => listener();
  return () => channel.close();
}
