// What is typed into the form of a model, what is wrong with it, and what is sent of it.
import type { ModelItem, ModelPreset, ModelRequest } from "@/shared/api/types";
import type { ModelChange } from "@/shared/models/models";
import type { Key } from "@/shared/i18n/en";

export interface Fields {
  preset: ModelPreset["name"];
  name: string;
  /** Whether the name was typed; until then it is the preset's. */
  named: boolean;
  address: string;
  key: string;
  model: string;
  input: number | "";
  output: number | "";
  context: number | "";
  profile: ModelItem["profile"];
  first: boolean;
}

export function fieldsOf(item: ModelItem): Fields {
  return {
    preset: item.preset,
    name: item.name,
    named: true,
    address: item.base_url ?? "",
    key: "",
    model: item.model,
    input: item.input_price ?? "",
    output: item.output_price ?? "",
    context: item.context_tokens ?? "",
    profile: item.profile,
    first: item.is_default,
  };
}

export function newFields(preset: ModelPreset | undefined): Fields {
  return {
    preset: preset?.name ?? "openai",
    name: preset?.label ?? "OpenAI",
    named: false,
    address: "",
    key: "",
    model: preset?.models[0] ?? "",
    input: "",
    output: "",
    context: "",
    profile: "auto",
    first: false,
  };
}

type Where = "name" | "base_url" | "api_key" | "model" | "price";

/** Whether the key that is kept would go to another address than it was entered for. */
function movesKey(fields: Fields, item: ModelItem | undefined): boolean {
  return item !== undefined && item.has_key && (fields.preset !== item.preset || fields.address.trim() !== (item.base_url ?? ""));
}

/** What is wrong, by field; nothing: it can be sent. */
export function faultsOf(fields: Fields, preset: ModelPreset | undefined, item?: ModelItem): Partial<Record<Where, Key>> {
  const faults: Partial<Record<Where, Key>> = {};
  const address = fields.address.trim();
  if (address && !/^https?:\/\/[^\s/]+\S*$/.test(address)) faults.base_url = "models.address.wrong";
  if (!address && preset?.own && preset.base_url === null) faults.base_url = "models.address.needed";
  if (/[^!-~]/.test(fields.key.trim())) faults.api_key = "models.key.malformed";
  else if (!fields.key.trim() && movesKey(fields, item)) faults.api_key = "models.key.again";
  if (!fields.model.trim()) faults.model = "models.model.needed";
  if ((fields.input === "") !== (fields.output === "")) faults.price = "models.price.both";
  return faults;
}

export function toSend(fields: Fields): ModelRequest {
  const price = (value: number | "") => (value === "" ? null : value);
  return {
    name: fields.name.trim() || fields.model.trim().slice(0, 60),
    preset: fields.preset,
    model: fields.model.trim(),
    base_url: fields.address.trim() || null,
    api_key: fields.key.trim() || null,
    input_price: price(fields.input),
    output_price: price(fields.output),
    context_tokens: fields.context === "" ? null : fields.context,
    profile: fields.profile,
    is_default: fields.first,
  };
}

/** A key that was not typed is not touched; nor is the default, which only another one takes over. */
export function toChange(fields: Fields, item: ModelItem): ModelChange {
  const { api_key, is_default, ...rest } = toSend(fields);
  return { ...rest, ...(api_key ? { api_key } : {}), ...(is_default && !item.is_default ? { is_default } : {}) };
}
