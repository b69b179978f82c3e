using System.Buffers;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

using Platform.Data;
using Platform.Events.Aggregation;

namespace Platform.Events;

/// <summary>Runs aggregation pipelines over the events that the caller sees. Nothing but the platform's own interpreter reads them, and nothing is written.</summary>
public sealed class EventAggregation(PlatformDbContext db, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    /// <param name="pipeline">Stages as <see cref="PipelineCompiler"/> knows them.</param>
    /// <param name="limit">The most results.</param>
    /// <param name="ct">Ends the run.</param>
    public async Task<Result<IReadOnlyList<JsonElement>>> RunAsync(IReadOnlyList<JsonElement> pipeline, int limit, CancellationToken ct)
    {
        try
        {
            return await db.ReadWithinAsync<IReadOnlyList<JsonElement>>(Longest, EventErrors.TooSlow, clock, async bound => await RunBoundAsync(pipeline, limit, bound), ct);
        }
        catch (PipelineRefusedException refusal)
        {
            return refusal.ToError();
        }
    }

    private async Task<List<JsonElement>> RunBoundAsync(IReadOnlyList<JsonElement> pipeline, int limit, CancellationToken ct)
    {
        var budget = new AggregationBudget(ct);
        var end = new ResultStage(budget);
        var events = MatchPushdown.Apply(db.Events.AsNoTracking(), pipeline, out var sorted);
        var (first, scope) = new PipelineCompiler(pipeline, limit, budget).Compile(index => index == sorted, end);
        await foreach (var read in events.Take(AggregationBudget.MostEvents + 1).Select(EventDocument.Projection(scope)).AsAsyncEnumerable().WithCancellation(ct))
        {
            budget.CountEvent();
            if (!first.Accept(read.ToDocument(scope)))
                break;
        }

        first.Complete();
        return end.Documents.ConvertAll(Show);
    }

    private static JsonElement Show(Document document)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = WireJson.Snake.Writing.Encoder }))
            Values.Write(json, document);
        return JsonSerializer.Deserialize<JsonElement>(buffer.WrittenSpan);
    }
}
