// Amounts of credits as people read them. On the wire they are integers of the smallest unit.

export const UNIT = 1_000_000;

/** 1500000 -> "1.50"; what is less than a hundredth keeps as many decimals as it needs. */
export function creditsText(amount: number, locale: string): string {
  const value = amount / UNIT;
  const small = amount !== 0 && Math.abs(value) < 0.1;
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: small ? 6 : 2 }).format(value);
}

/** The same, never less than it is: for what something may cost. */
export function atMostText(amount: number, locale: string): string {
  const step = amount < UNIT / 10 ? 1 : UNIT / 100;
  return creditsText(Math.ceil(amount / step) * step, locale);
}
