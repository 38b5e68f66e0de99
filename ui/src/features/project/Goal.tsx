// How many words are meant to be written today, and how many were: said quietly, kept in this browser alone.
import { Button, NumberInput, Popover } from "@mantine/core";
import { useEffect, useMemo } from "react";
import { countContent } from "@/shared/content/count";
import { useI18n } from "@/shared/i18n/i18n";
import { useStoredValue } from "@/shared/lib/useStored";
import classes from "./Desk.module.css";
import { calendarDay, counted, written, type Day } from "./goal";

const MOST = 50_000;

export function Goal({ projectId, chapterId, text }: { projectId: string; chapterId: string; text: string }) {
  const { t, locale } = useI18n();
  const number = new Intl.NumberFormat(locale);
  const [goal, setGoal] = useStoredValue<number>("genesis:words-a-day");
  const [day, setDay] = useStoredValue<Day>(`genesis:words-of:${projectId}`);
  const length = useMemo(() => {
    const { words, characters } = countContent(text);
    return words + characters;
  }, [text]);
  const today = calendarDay(new Date());
  const now = counted(day, today, chapterId, length);
  const [first, last] = now.chapters[chapterId]!;
  const kept = day?.day === today ? day.chapters[chapterId] : undefined;
  useEffect(() => {
    if (kept?.[0] !== first || kept[1] !== last) setDay(counted(day, today, chapterId, length));
  }, [chapterId, day, first, kept, last, length, setDay, today]);
  const done = written(now);
  return (
    <Popover trapFocus withinPortal>
      <Popover.Target>
        <Button size="compact-sm" variant="subtle" color="gray" fw={400} data-testid="goal">
          {goal ? t("desk.goal.of", { n: number.format(done), goal: number.format(goal) }) : t("desk.goal.today", { n: number.format(done) })}
          {goal !== null && <progress className={classes["progress"]} value={Math.min(done, goal)} max={goal} aria-label={t("desk.goal")} />}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <NumberInput
          label={t("desk.goal")}
          description={t("desk.goal.hint")}
          value={goal ?? ""}
          min={0}
          max={MOST}
          step={100}
          allowDecimal={false}
          onChange={(value) => setGoal(Number(value) > 0 ? Number(value) : null)}
          data-testid="goal-words"
        />
      </Popover.Dropdown>
    </Popover>
  );
}
