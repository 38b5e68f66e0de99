// Which days are looked at, and whose figures: kept in the address, so that it can be shared and gone back to.
import { NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { useI18n } from "@/shared/i18n/i18n";
import type { Asked } from "./data";
import type { Chosen, Preset } from "./range";
import classes from "./Insights.module.css";

const PRESETS: readonly Preset[] = ["all", "7", "30", "90", "own"];

interface RangePickerProps {
  chosen: Chosen;
  scope: Asked["scope"];
  /** Whether everybody's figures can be chosen. */
  analyst: boolean;
  onChange: (changes: Record<string, string>) => void;
}

export function RangePicker({ chosen, scope, analyst, onChange }: RangePickerProps) {
  const { t } = useI18n();
  return (
    <div className={classes["picker"]}>
      <NativeSelect
        label={t("insights.range")}
        value={chosen.preset}
        data={PRESETS.map((preset) => ({ value: preset, label: t(`insights.range.${preset}`) }))}
        onChange={(event) => onChange({ range: event.currentTarget.value })}
      />
      {chosen.preset === "own" && (
        <>
          <TextInput
            type="date"
            label={t("insights.range.first")}
            value={chosen.first}
            max={chosen.last || undefined}
            onChange={(event) => onChange({ first: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t("insights.range.last")}
            value={chosen.last}
            min={chosen.first || undefined}
            onChange={(event) => onChange({ last: event.currentTarget.value })}
          />
        </>
      )}
      {analyst && (
        <SegmentedControl
          aria-label={t("insights.scope")}
          value={scope}
          onChange={(value) => onChange({ scope: value })}
          data={[
            { value: "own", label: t("insights.scope.own") },
            { value: "all", label: t("insights.scope.all") },
          ]}
        />
      )}
    </div>
  );
}
