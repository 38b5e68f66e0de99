import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.languagetool.JLanguageTool;
import org.languagetool.Languages;
import org.languagetool.rules.Rule;
import org.languagetool.rules.RuleMatch;

/**
 * Reads lines {"language": code, "text": text} to the end of standard input, and writes for each line, in any order,
 * {"line": n, "findings": [{"rule", "category", "message", "from", "to"}]}; n counts from 0, offsets are UTF-16 units.
 * Arguments: the categories whose rules are used, and, with a - before them, rules that are not.
 */
public class Judge {
  record Asked(int line, String language, String text) {}

  record Finding(String rule, String category, String message, int from, int to) {}

  record Answer(int line, List<Finding> findings) {}

  private static final Asked END = new Asked(-1, "", "");

  public static void main(String[] arguments) throws Exception {
    Gson gson = new Gson();
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    BlockingQueue<Asked> queue = new LinkedBlockingQueue<>();
    List<Thread> workers = new ArrayList<>();
    List<Throwable> broken = new ArrayList<>();
    for (int worker = 0; worker < Runtime.getRuntime().availableProcessors(); worker++) {
      Thread thread = new Thread(() -> {
        try {
          work(queue, Set.of(arguments), gson, out);
        } catch (Throwable thrown) {
          synchronized (broken) {
            broken.add(thrown);
          }
        }
      });
      thread.start();
      workers.add(thread);
    }
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    int line = 0;
    for (String read = in.readLine(); read != null; read = in.readLine()) {
      Asked asked = gson.fromJson(read, Asked.class);
      queue.put(new Asked(line++, asked.language, asked.text));
    }
    queue.put(END);
    for (Thread thread : workers) {
      thread.join();
    }
    out.flush();
    if (!broken.isEmpty()) {
      broken.get(0).printStackTrace();
      System.exit(1);
    }
  }

  /** A JLanguageTool serves one thread. */
  private static void work(BlockingQueue<Asked> queue, Set<String> used, Gson gson, PrintStream out)
      throws Exception {
    Map<String, JLanguageTool> tools = new HashMap<>();
    for (Asked asked = queue.take(); asked != END; asked = queue.take()) {
      JLanguageTool tool = tools.computeIfAbsent(asked.language, code -> tool(code, used));
      List<Finding> findings = new ArrayList<>();
      for (RuleMatch match : tool.check(asked.text)) {
        Rule rule = match.getRule();
        String category = rule.getCategory().getId().toString();
        findings.add(new Finding(
            rule.getFullId(), category, match.getMessage(), match.getFromPos(), match.getToPos()));
      }
      String answer = gson.toJson(new Answer(asked.line, findings));
      synchronized (out) {
        out.println(answer);
      }
    }
    queue.put(END);
  }

  private static JLanguageTool tool(String code, Set<String> used) {
    JLanguageTool tool = new JLanguageTool(Languages.getLanguageForShortCode(code));
    for (Rule rule : tool.getAllRules()) {
      if (!used.contains(rule.getCategory().getId().toString()) || used.contains("-" + rule.getId())) {
        tool.disableRule(rule.getId());
      }
    }
    return tool;
  }
}
