import { expect, test } from "vitest";
import type { ModelItem } from "@/shared/api/types";
import { fieldsOf, toChange } from "./fields";

const KEPT = {
  preset: "other",
  name: "At home",
  model: "qwen3:8b",
  base_url: "http://127.0.0.1:8080/v1",
  has_key: true,
  input_price: null,
  output_price: null,
  context_tokens: 8_192,
  profile: "auto",
  is_default: false,
} as ModelItem;

test("only what was changed is sent, so that what another window changes meanwhile stays", () => {
  const fields = fieldsOf(KEPT);
  expect(toChange(fields, KEPT)).toEqual({});
  expect(toChange({ ...fields, context: 32_768 }, KEPT)).toEqual({ context_tokens: 32_768 });
  expect(toChange({ ...fields, key: " sk-new " }, KEPT)).toEqual({ api_key: "sk-new" });
  expect(toChange({ ...fields, first: true }, KEPT)).toEqual({ is_default: true });
});

test("what belongs together is sent together", () => {
  const fields = fieldsOf(KEPT);
  expect(toChange({ ...fields, input: 0, output: 0 }, KEPT)).toEqual({ input_price: 0, output_price: 0 });
  expect(toChange({ ...fields, address: "http://127.0.0.1:9/v1" }, KEPT)).toEqual({
    preset: "other",
    base_url: "http://127.0.0.1:9/v1",
  });
});
