import { expect, test } from "vitest";
import { languageByScript } from "./scripts";

test.each([
  ["灯塔看守人收集溺亡水手的声音", "zh"],
  ["一个叫 Anna 的女孩", "zh"],
  ["灯台守は溺れた水夫の声を集める", "ja"],
  ["등대지기는 익사한 선원들의 목소리를 모은다", "ko"],
  ["حارس المنارة يجمع أصوات البحارة الغرقى", "ar"],
  ["نگهبان فانوس دریایی صدای ملوانان را جمع می‌کند چون", "fa"],
  ["שומר המגדלור אוסף את קולות הטובעים", "he"],
  ["Смотритель маяка собирает голоса", "ru"],
  ["Доглядач маяка збирає їхні голоси", "uk"],
  ["Ο φαροφύλακας μαζεύει τις φωνές", "el"],
  ["คนเฝ้าประภาคารเก็บเสียง", "th"],
  ["प्रकाशस्तंभ का रखवाला", "hi"],
  ["A lighthouse keeper collects voices", null],
  ["A keeper who says привет once in a while", null],
  ["🦊🦊🦊", null],
  ["", null],
])("%s", (text, language) => {
  expect(languageByScript(text)).toBe(language);
});
