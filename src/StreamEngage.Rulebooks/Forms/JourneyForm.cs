using System.Globalization;
using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>The <c>steps:</c> of a trigger.</summary>
internal sealed class JourneyForm
{
    private static readonly string[] Kinds = ["prompt", "wait", "wait_until", "branch", "exit"];

    private readonly Section _trigger;
    private readonly ICollection<Problem> _problems;
    private int _count;

    private JourneyForm(Section trigger) => (_trigger, _problems) = (trigger, trigger.Problems);

    /// <summary>The steps of a trigger file; empty where it has none.</summary>
    public static IReadOnlyList<JourneyStep> Read(Section trigger)
    {
        if (trigger.Take("steps") is not { } node)
            return [];
        var form = new JourneyForm(trigger);
        var steps = form.List(node, "", "steps", 1);
        if (trigger.Has("prompt"))
            trigger.Report(trigger.KeyAt("prompt"), "steps", "a trigger has 'prompt' or 'steps'; make a step of it: '- prompt: {...}'");
        if (form._count > Limits.JourneyStepsMax)
            trigger.Report(trigger.KeyAt("steps"), "too-many", $"a trigger may have {Limits.JourneyStepsMax} steps, this has {form._count}");
        return steps;
    }

    private List<JourneyStep> List(YamlNode node, string place, string path, int depth)
    {
        if (node is not YamlSequence { Items.Count: > 0 } list)
        {
            _trigger.Report(node.At, "shape", $"steps are a list, one '- ' a step, this is {node.Shown}");
            return [];
        }

        if (depth > Limits.JourneyDepthMax)
        {
            _trigger.Report(node.At, "too-deep", $"steps may stand {Limits.JourneyDepthMax} deep in one another; make triggers of their own of the innermost");
            return [];
        }

        var steps = new List<JourneyStep>();
        for (var i = 0; i < list.Items.Count; i++)
        {
            var own = string.Create(CultureInfo.InvariantCulture, $"{place}{i + 1}");
            if (Step(list.Items[i], own, $"{path}[{i}]", depth) is { } step)
                steps.Add(step);
        }

        return steps;
    }

    private JourneyStep? Step(YamlNode node, string place, string path, int depth)
    {
        _count++;
        if (node is YamlScalar { Text: "exit" })
            return new ExitStep(node.At, place) { Path = path };
        if (Section.Of(node, "a step", _problems) is not { } section)
            return null;
        var named = Kinds.Where(section.Has).ToList();
        if (named.Count != 1)
        {
            var found = named.Count == 0 ? "none" : string.Join(" and ", named);
            var near = section.Entries.Select(e => Section.Meant(e.Key.Text, Kinds)).FirstOrDefault(hint => hint.Length > 0);
            section.Report(section.At, "step", $"a step is one of {string.Join(", ", Kinds)}; this has {found}{near}");
            return null;
        }

        var name = section.Name("name", "a name for the step") ?? place;
        var step = Step(section, named[0], (name, place, path), depth);
        section.Close();
        return step is null ? null : step with { Path = path };
    }

    private JourneyStep? Step(Section section, string kind, (string Name, string Place, string Path) own, int depth) => kind switch
    {
        "prompt" => section.Inner("prompt") is { } prompt ? Prompt(section, prompt, own.Name) : null,
        "wait" => section.Duration("wait", least: 1) is { } length ? new WaitStep(section.At, own.Name, length) : null,
        "wait_until" => section.Inner("wait_until") is { } wait ? WaitUntil(section, wait, own, depth) : null,
        "branch" => Branch(section, own, depth),
        _ => Exit(section, own.Name),
    };

    private static PromptStep Prompt(Section step, Section prompt, string name)
    {
        // What the step has of its own may stand in the prompt or beside it.
        var condition = prompt.Expression("if") ?? step.Expression("if");
        var channels = DecideForm.Channels(prompt) ?? DecideForm.Channels(step);
        var expires = prompt.Duration("expires", least: 1) ?? step.Duration("expires", least: 1);
        foreach (var key in new[] { "if", "channels", "expires" }.Where(key => prompt.Has(key) && step.Has(key)))
            step.Report(step.KeyAt(key), "duplicate-key", $"'{key}' is already written in 'prompt'; keep one of the two");
        return new PromptStep(step.At, name, TriggerForm.Prompt(prompt)) { If = condition, Channels = channels, ExpiresMilliseconds = expires };
    }

    private WaitUntilStep? WaitUntil(Section step, Section wait, (string Name, string Place, string Path) own, int depth)
    {
        if (wait.Has("event") == wait.Has("if"))
            wait.Report(wait.At, "step", "'wait_until' takes 'event' or 'if', one of the two");
        var selector = wait.Has("event") ? SelectorForm.Read(wait, "event", "wait_until", aliased: true) : null;
        var condition = wait.Expression("if");
        var length = wait.Duration("for", least: 1);
        if (!wait.Has("for"))
            wait.Missing("for", "how long it waits at the most");
        wait.Close();
        var timeout = step.Take("timeout") is { } node ? List(node, $"{own.Place}.", $"{own.Path}.timeout", depth + 1) : [];
        return length is null || (selector is null && condition is null) ? null : new WaitUntilStep(step.At, own.Name, length.Value)
        {
            Event = selector,
            If = condition,
            Timeout = timeout,
        };
    }

    private BranchStep? Branch(Section step, (string Name, string Place, string Path) own, int depth)
    {
        var nodes = step.List("branch", Limits.JourneyStepsMax) ?? [];
        var arms = new List<BranchArm>();
        for (var i = 0; i < nodes.Count; i++)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"{own.Place}.{i + 1}.");
            if (Arm(nodes[i], place, $"{own.Path}.branch[{i}]", depth + 1) is { } arm)
                arms.Add(arm);
        }

        if (arms.Take(arms.Count - 1).FirstOrDefault(arm => arm.If is null) is { } early)
            step.Report(early.At, "step", "'else' is taken whenever it is reached: what stands after it never is; put it last");
        if (nodes.Count == 0)
            step.Report(step.KeyAt("branch"), "shape", "'branch' needs at least one '- {if: ..., steps: [...]}'");
        return arms.Count < nodes.Count || nodes.Count == 0 ? null : new BranchStep(step.At, own.Name, arms);
    }

    private BranchArm? Arm(YamlNode node, string place, string path, int depth)
    {
        if (Section.Of(node, "an arm of a branch", _problems) is not { } section)
            return null;
        if (section.Has("else") == section.Has("if"))
        {
            section.Report(section.At, "step", "an arm of a branch is '{if: ..., steps: [...]}' or, last, '{else: [...]}'");
            return null;
        }

        var key = section.Has("else") ? "else" : "steps";
        var condition = section.Expression("if");
        var steps = section.Take(key) is { } list ? List(list, place, $"{path}.{key}", depth) : [];
        if (!section.Has(key))
            section.Missing(key, "what is done then");
        section.Close();
        return condition is null && key == "steps" ? null : new BranchArm(section.At, condition, steps);
    }

    private static ExitStep? Exit(Section section, string name)
    {
        if (section.Flag("exit") == false)
            section.Report(section.KeyAt("exit"), "shape", "'exit' takes true; leave the step out to go on");
        return new ExitStep(section.At, name);
    }
}
