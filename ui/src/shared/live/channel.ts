/** A channel between the tabs of this browser; null in a browser that has none, or that lets this page have none. */
export function openChannel(name: string): BroadcastChannel | null {
  try {
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}
