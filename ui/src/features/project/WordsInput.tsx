// A number of words, within bounds.
import { NumberInput } from "@mantine/core";

interface WordsInputProps {
  label: string;
  least: number;
  most: number;
  step?: number;
  value: number;
  change: (words: number) => void;
}

export function WordsInput({ label, least, most, step = 100, value, change }: WordsInputProps) {
  return (
    <NumberInput
      label={label}
      min={least}
      max={most}
      step={step}
      clampBehavior="blur"
      allowDecimal={false}
      allowNegative={false}
      value={value}
      onChange={(typed) => change(Math.min(most, Number(typed) || 0))}
      inputMode="numeric"
    />
  );
}
