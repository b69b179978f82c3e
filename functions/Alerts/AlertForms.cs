using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Platform.Alerts;

namespace Platform.Functions.Alerts;

/// <summary>What holds for new and changed alerts alike.</summary>
internal static partial class AlertForms
{
    private static readonly Dictionary<string, string> Signs =
        new(StringComparer.Ordinal) { ["gt"] = ">", ["gte"] = ">=", ["lt"] = "<", ["lte"] = "<=", ["eq"] = "==", ["ne"] = "!=" };

    public static IEnumerable<ValidationResult> Check(IReadOnlyDictionary<string, string> labels, string? runbookUrl)
    {
        if (labels.Any(label => !LabelKey().IsMatch(label.Key) || label.Value.Length > 200))
            yield return new ValidationResult("A label should have a key like '[A-Za-z_][A-Za-z0-9_.-]{0,63}' and at most 200 characters", ["Labels"]);
        if (OrNull(runbookUrl) is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)))
            yield return new ValidationResult("Value should be an http or https URL", ["RunbookUrl"]);
    }

    public static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>The parsed condition of either form.</summary>
    public static Result<Condition> Parse(string? expression, ConditionRequest? condition)
    {
        var (parsed, problem) = ConditionParser.Parse(expression ?? TextOf(condition!));
        return problem is null ? parsed! : AlertErrors.InvalidExpression(problem);
    }

    public static AlertDraft ToDraft(AlertRequest request, Condition condition) => new(request.Name, condition.ToString())
    {
        Description = OrNull(request.Description),
        Severity = request.Severity,
        ForSeconds = request.ForSeconds,
        EvaluationIntervalSeconds = request.EvaluationIntervalSeconds,
        NoDataState = request.NoDataState,
        NotifyOn = [.. request.NotifyOn.Distinct()],
        RenotifyMinutes = request.RenotifyMinutes,
        Labels = request.Labels,
        RunbookUrl = OrNull(request.RunbookUrl),
        Enabled = request.Enabled,
    };

    // Its parts have been checked, all but keys of tags and the window's bounds: the parser sees to those.
    private static string TextOf(ConditionRequest condition)
    {
        var matches = string.Join(", ", (condition.Filters ?? new Dictionary<string, string>()).Select(filter => new TagMatch(filter.Key, "=", filter.Value)));
        var call = $"{condition.Aggregation}({condition.Metric}{(matches.Length > 0 ? $"{{{matches}}}" : "")}[{condition.Window}])";
        return $"{call} {Signs.GetValueOrDefault(condition.Operator, condition.Operator)} {new Number(condition.Threshold)}";
    }

    /// <summary>An expression of one comparison of a figure with a number, in parts; null when it is another.</summary>
    public static ConditionView? PartsOf(string expression)
    {
        if (ConditionParser.Parse(expression).Condition is not Comparison { Left: MetricCall call } comparison || call.Matches.Any(match => match.Operator != "="))
            return null;
        if (call.Matches.DistinctBy(match => match.Key).Count() < call.Matches.Count || ThresholdOf(comparison.Right) is not { } threshold)
            return null;
        var filters = call.Matches.ToDictionary(match => match.Key, match => match.Value, StringComparer.Ordinal);
        return new ConditionView(call.Metric, call.Aggregation.Word, comparison.Operator, threshold, call.Window, filters);
    }

    private static double? ThresholdOf(Quantity quantity) => quantity switch
    {
        Number number => number.Value,
        Negation { Part: Number number } => -number.Value,
        _ => null,
    };

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex LabelKey();
}
