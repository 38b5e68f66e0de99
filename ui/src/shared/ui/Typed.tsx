// Boxes for a writer's words: in the direction of the words, without a cut. What is too long stays, and it is said how much.
import { Textarea, TextInput, type TextareaProps, type TextInputProps } from "@mantine/core";
import { useMergedRef } from "@mantine/hooks";
import type { ReactNode, Ref } from "react";
import { useI18n } from "@/shared/i18n/i18n";
import { measure } from "@/shared/lib/limit";

interface Typed {
  value: string;
  limit: number;
  type: (text: string) => void;
}

/** Why a text cannot be sent; null: it is short enough. */
export function useTooMuch(): (text: string, limit: number) => string | null {
  const { t, locale } = useI18n();
  const format = new Intl.NumberFormat(locale);
  return (text, limit) => {
    const { over } = measure(text, limit);
    return over === 0 ? null : t("typed.over", { over: format.format(over), limit: format.format(limit) });
  };
}

function useSaid(value: string, limit: number, error: ReactNode, description: ReactNode) {
  const { t, locale } = useI18n();
  const tooMuch = useTooMuch()(value, limit);
  const { near, length } = measure(value, limit);
  const format = new Intl.NumberFormat(locale);
  const count = near && tooMuch === null ? t("typed.near", { n: format.format(length), limit: format.format(limit) }) : null;
  return {
    error: error ?? tooMuch,
    description: tooMuch === null ? (count ?? description) : undefined,
    styles: { input: { color: "var(--ink)" } }, // what is too long is still the writer's text, not an error
    inputWrapperOrder: ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[],
  };
}

/** Mantine gives `dir` to the box around the input, where "auto" does not see what is typed. */
function followWords(input: HTMLElement | null): void {
  input?.setAttribute("dir", "auto");
}

type AreaProps = Omit<TextareaProps, "value" | "onChange" | "maxLength" | "type" | keyof Typed> &
  Typed & { ref?: Ref<HTMLTextAreaElement>; "data-testid"?: string; "data-path"?: string };

export function TypedArea({ value, limit, type, error, description, ref, ...rest }: AreaProps) {
  const merged = useMergedRef<HTMLTextAreaElement>(ref, followWords);
  const said = useSaid(value, limit, error, description);
  return <Textarea ref={merged} autosize {...rest} {...said} value={value} onChange={(event) => type(event.currentTarget.value)} />;
}

type LineProps = Omit<TextInputProps, "value" | "onChange" | "maxLength" | keyof Typed> & Typed & { ref?: Ref<HTMLInputElement>; "data-testid"?: string; "data-path"?: string };

export function TypedLine({ value, limit, type, error, description, ref, ...rest }: LineProps) {
  const merged = useMergedRef<HTMLInputElement>(ref, followWords);
  const said = useSaid(value, limit, error, description);
  return <TextInput ref={merged} {...rest} {...said} value={value} onChange={(event) => type(event.currentTarget.value)} />;
}
