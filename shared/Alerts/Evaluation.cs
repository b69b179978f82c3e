using Platform.Metrics;

namespace Platform.Alerts;

/// <summary>
/// A condition worked out. Truth has three values: what depends on an absent figure, on a division by 0 or on what is no finite number is unknown (null), and
/// false and unknown is false, true or unknown is true.
/// </summary>
public sealed class Evaluation
{
    private readonly IReadOnlyDictionary<string, WindowFigure> _figures;
    private readonly List<ComparisonFigure> _comparisons = [];

    private Evaluation(IReadOnlyDictionary<string, WindowFigure> figures) => _figures = figures;

    public bool? Holds { get; private set; }

    /// <summary>The left side of the first comparison.</summary>
    public double? Value => _comparisons.Count > 0 ? _comparisons[0].Left : null;

    public IReadOnlyList<ComparisonFigure> Comparisons => _comparisons;

    public IReadOnlyList<CallFigure> Values => [.. _figures.Select(pair => new CallFigure(pair.Key, pair.Value.Value, pair.Value.Points, pair.Value.From, pair.Value.To))];

    /// <param name="figures">By the text of their calls.</param>
    public static Evaluation Of(Condition condition, IReadOnlyDictionary<string, WindowFigure> figures)
    {
        var evaluation = new Evaluation(figures);
        evaluation.Holds = evaluation.Decide(condition);
        return evaluation;
    }

    // Every part is worked out, also where the outcome is clear before: each comparison is shown.
    private bool? Decide(Condition condition) => condition switch
    {
        AllOf all => And([.. all.Parts.Select(Decide)]),
        AnyOf any => !And([.. any.Parts.Select(part => !Decide(part))]),
        Not not => !Decide(not.Part),
        Comparison comparison => Compare(comparison),
        _ => null,
    };

    private static bool? And(bool?[] parts)
    {
        if (parts.Contains(false))
            return false;
        return parts.Contains(null) ? null : true;
    }

    private bool? Compare(Comparison comparison)
    {
        var (left, right) = (Work(comparison.Left), Work(comparison.Right));
        bool? result = left is { } a && right is { } b ? comparison.Holds(a, b) : null;
        _comparisons.Add(new ComparisonFigure(comparison.ToString(), left, comparison.Operator, right, result));
        return result;
    }

    private double? Work(Quantity quantity) => quantity switch
    {
        Number number => number.Value,
        Negation negation => -Work(negation.Part),
        MetricCall call => _figures[call.ToString()].Value,
        Arithmetic arithmetic => Work(arithmetic),
        _ => null,
    };

    private double? Work(Arithmetic arithmetic)
    {
        var (left, right) = (Work(arithmetic.Left), Work(arithmetic.Right));
        var value = arithmetic.Operator switch
        {
            '+' => left + right,
            '-' => left - right,
            '*' => left * right,
            _ => left / right, // by 0: infinite, or no number
        };
        return value is { } found && double.IsFinite(found) ? found : null;
    }
}
