using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks;

/// <summary>Checks that everything a rulebook names exists and that its expressions have types.</summary>
internal sealed class RulebookTypes(RulebookDefinition rulebook, IReadOnlyCollection<string>? models, ICollection<Problem> problems)
{
    public void Check()
    {
        CheckActivity();
        foreach (var segment in rulebook.Segments)
            Check(segment);
        foreach (var trigger in rulebook.Triggers)
            Check(trigger);
        foreach (var model in rulebook.Models)
            Check(model);
    }

    /// <summary>Names that <c>score</c> may use: the rulebook's own and those told; null where there is neither.</summary>
    public static IReadOnlyCollection<string>? ModelsKnown(RulebookDefinition rulebook, IReadOnlyCollection<string>? told) =>
        told is null && rulebook.Models.Count == 0 ? null : [.. (told ?? []).Concat(rulebook.Models.Select(model => model.Name)).Distinct()];

    /// <summary>What a segment's condition can name: no event and no alias.</summary>
    public static ExpressionScope SegmentScope(RulebookDefinition rulebook, IReadOnlyCollection<string>? models) => new()
    {
        Place = "a segment",
        Catalogue = rulebook.Catalogue,
        Segments = rulebook.Segments.Select(s => s.Name).ToList(),
        Models = models,
        Names = new(rulebook.Policy),
    };

    private void CheckActivity()
    {
        var policy = rulebook.Policy;
        foreach (var (type, place) in policy.Lifecycle.Of.Select((type, place) => (type, place)))
        {
            if (!EventProperties.HasType(rulebook.Catalogue, type))
                Report(
                    policy.Places.GetValueOrDefault($"lifecycle.of[{place}]", policy.Places.GetValueOrDefault("lifecycle.of")),
                    "unknown-event-type",
                    $"the catalogue has no event type '{type}'{NearestName.Hint(type, EventProperties.Types(rulebook.Catalogue))}");
        }
    }

    /// <summary>A feature reads what a segment does, and no other score.</summary>
    private void Check(ModelDefinition model)
    {
        var scope = SegmentScope(rulebook, models) with { Place = "a model's feature" };
        foreach (var value in model.Features.Select(feature => feature.Value))
        {
            if (ExpressionTree.Terms(value).FirstOrDefault(term => ModelTerms.ModelOf(term) is not null) is { } score)
                Report(score.At, "model-cycle", $"a model's feature cannot read a score; write what '{ModelTerms.ModelOf(score)}' reads");
            if (ExpressionTypes.Check(value, scope, problems) == Rules.Expressions.ValueType.Text)
                Report(value.At, "type", "a model's feature is a number, a duration or a condition, this is a string");
        }
    }

    private void Check(SegmentDefinition segment)
    {
        ExpressionTypes.CheckCondition(segment.If, SegmentScope(rulebook, models), problems);
        if (new ModelTerms(rulebook.Models, new(rulebook.Policy)).Of(segment.If).FirstOrDefault(UserNames.IsScore) is NameExpression score)
            Report(
                segment.If.At,
                "score-in-segment",
                $"user.{score.Property} changes with all other users, so no event and no instant tells when a user enters; read it in an 'if'");
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<SegmentDefinition>([segment]);
        while (open.TryDequeue(out var next))
        {
            foreach (var name in SegmentsNamed(next.If).Where(reached.Add))
            {
                if (rulebook.Segments.FirstOrDefault(s => s.Name == name) is { } named)
                    open.Enqueue(named);
            }
        }

        if (reached.Contains(segment.Name))
            Report(segment.If.At, "segment-cycle", $"segment '{segment.Name}' depends on itself; break the circle");
    }

    private IEnumerable<string> SegmentsNamed(Expression expression) => new ModelTerms(rulebook.Models, new(rulebook.Policy)).Of(expression)
        .OfType<CallExpression>()
        .Where(call => call.Function == "segment")
        .Select(call => (call.Arguments[0] as LiteralExpression)?.Text)
        .OfType<string>();

    private void Check(TriggerDefinition trigger)
    {
        var terms = new TriggerTerms(trigger, rulebook, models);
        foreach (var selector in TriggerTerms.Selectors(trigger).Concat(trigger.Exits).Concat(Goal(trigger)).Concat(JourneySteps.Awaited(trigger)))
            CheckType(selector);
        CheckAliases(trigger);
        foreach (var term in terms.All())
        {
            if (term.IsCondition)
                ExpressionTypes.CheckCondition(term.Expression, term.Scope, problems);
            else
                ExpressionTypes.Check(term.Expression, term.Scope, problems);
        }

        if (trigger.Per is { } per)
            ExpressionTypes.Check(per, terms.Scope("per", TriggerTerms.EventTypes(trigger.On)), problems);
        CheckGoalValue(trigger, terms);
        CheckNames(trigger);
    }

    private static IEnumerable<EventSelector> Goal(TriggerDefinition trigger) => trigger.Goal is { } goal ? [goal.Event] : [];

    private void CheckType(EventSelector selector)
    {
        if (EventProperties.HasType(rulebook.Catalogue, selector.Type))
            return;
        var hint = NearestName.Hint(selector.Type, EventProperties.Types(rulebook.Catalogue));
        Report(selector.At, "unknown-event-type", $"the catalogue has no event type '{selector.Type}'{hint}");
    }

    private void CheckAliases(TriggerDefinition trigger)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var selector in TriggerTerms.AllAliased(trigger).Where(s => !seen.Add(s.Alias!)))
            Report(selector.At, "duplicate-name", $"two steps are called '{selector.Alias}'; name them apart");
    }

    private void CheckGoalValue(TriggerDefinition trigger, TriggerTerms terms)
    {
        if (trigger.Goal is { Value: { } value } goal)
            ExpressionTypes.Check(new NameExpression(goal.Event.At, "event", value), terms.Scope("goal", [goal.Event.Type]), problems);
    }

    private void CheckNames(TriggerDefinition trigger)
    {
        var segments = rulebook.Segments.Select(s => s.Name).ToList();
        if (trigger.On is SegmentOn on && !segments.Contains(on.Segment))
        {
            var hint = NearestName.Hint(on.Segment, segments.Concat(StageSegments.Names));
            Report(on.At, "unknown-segment", $"there is no segment '{on.Segment}'{hint}; segments stand in segments/*.yaml");
        }

        CheckModel(trigger, trigger.Decide.Score, "decide.score.model");
        CheckModel(trigger, trigger.Decide.Uplift, "decide.uplift.model");
        foreach (var prompt in TriggerTerms.Prompts(trigger))
            CheckTemplate(prompt);
        CheckSteps(trigger);
    }

    private void CheckTemplate(PromptDefinition prompt)
    {
        var templates = rulebook.Templates.Select(t => t.Name).ToList();
        if (prompt.Template is { } template && templates.Count > 0 && !templates.Contains(template))
            Report(prompt.TemplateAt, "unknown-template", $"there is no templates/{template}.hbs{NearestName.Hint(template, templates)}");
    }

    private void CheckSteps(TriggerDefinition trigger)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in JourneySteps.All(trigger.Steps).Where(step => !seen.Add(step.Name)))
            Report(step.At, "duplicate-name", $"two steps are called '{step.Name}'; name them apart, a journey finds its place again by the name");
        foreach (var migration in trigger.Migrations)
        {
            if (migration.From >= trigger.Version)
                Report(migration.At, "migrate", $"'from' names an older version than {trigger.Version}, this is {migration.From}; raise 'version'");
            foreach (var to in migration.Steps.Values.Where(to => !seen.Contains(to)).Distinct(StringComparer.Ordinal))
                Report(migration.At, "unknown-step", $"no step is called '{to}'{NearestName.Hint(to, seen)}");
        }
    }

    private void CheckModel(TriggerDefinition trigger, ScoreThreshold? threshold, string path)
    {
        if (threshold is { Model: var model } && models?.Contains(model) != true)
            Report(
                trigger.PlaceOf(path),
                "unknown-model",
                $"there is no model '{model}'{NearestName.Hint(model, models ?? [])}; models stand in models/*.yaml");
    }

    private void Report(SourcePosition at, string code, string message) =>
        problems.Add(new Problem(at, Severity.Error, code, message));
}
