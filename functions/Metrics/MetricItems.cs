using System.Text.Json;
using Platform.Functions.Http;
using Platform.Metrics;

namespace Platform.Functions.Metrics;

/// <summary>The points of a batch, which are read and refused one by one.</summary>
internal static class MetricItems
{
    private static readonly ShapeCatalog Shapes = ShapeCatalog.For(Family.Delivery);

    /// <summary>One point by the rules of a body of its own.</summary>
    public static Result<MetricRequest> Read(JsonElement item) =>
        Shapes.Get(typeof(MetricRequest)).Read<MetricRequest>("\\u0000"u8, item, Shapes.Wire, new ProblemList("body")); // its text is always looked through

    /// <summary>The whole batch's outcome: <paramref name="recorded"/> tells of those that could be read, in their order.</summary>
    public static MetricBatchAnswer Join(IReadOnlyList<Result<MetricRequest>> read, IReadOnlyList<Result<MetricPointView>> recorded)
    {
        var next = 0;
        return MetricBatchAnswer.Of([.. read.Select(item => item.IsOk ? recorded[next++] : item.Error)]);
    }
}
