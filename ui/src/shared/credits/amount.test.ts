import { expect, test } from "vitest";
import { atMostText, creditsText } from "./amount";

test("credits are shown with two decimals, small ones exactly", () => {
  expect(creditsText(1_500_000, "en")).toBe("1.50");
  expect(creditsText(0, "en")).toBe("0.00");
  expect(creditsText(1, "en")).toBe("0.000001");
  expect(creditsText(23_400, "en")).toBe("0.0234");
});
test("what something may cost is never shown lower than it is", () => {
  expect(atMostText(1_234_001, "en")).toBe("1.24");
  expect(atMostText(23_456, "en")).toBe("0.023456");
  expect(atMostText(0, "en")).toBe("0.00");
});
