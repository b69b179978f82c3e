using Platform.Metrics;

namespace Platform.Functions.Metrics;

/// <summary>What became of a batch; <paramref name="Errors"/> tells of the first 50 that were rejected.</summary>
public sealed record MetricBatchAnswer(int Accepted, int Rejected, IReadOnlyList<RejectedMetric> Errors)
{
    private const int MostErrors = 50;

    internal static MetricBatchAnswer Of(IReadOnlyList<Result<MetricPointView>> outcomes)
    {
        var rejected = outcomes.Select((outcome, index) => (outcome.Error, index)).Where(row => row.Error is not null).ToList();
        return new(outcomes.Count - rejected.Count, rejected.Count, [.. rejected.Take(MostErrors).Select(row => new RejectedMetric(row.index, MessageOf(row.Error!)))]);
    }

    /// <summary>The refusal of a batch of which nothing was stored.</summary>
    internal Error ToError() => Error.Invalid([.. Errors.Select(error => Problem.Body($"metrics.{error.Index}", error.Message, "value_error"))]);

    private static string MessageOf(Error error) => error.Problems is [{ Location: [_, var field, ..] } problem, ..] ? $"{field}: {problem.Message}" : error.Message;
}

/// <summary>A point of a batch that was not stored.</summary>
/// <param name="Index">Its place, from 0.</param>
/// <param name="Message">What is wrong with it.</param>
public sealed record RejectedMetric(int Index, string Message);
