using System.Net.Http.Headers;
using System.Text.Json;
using Platform.Data;
using Platform.Events;
using Platform.Outbound;
using Platform.Secrets;

namespace Platform.Replay;

/// <summary>Posts batches to an address. A crash after the post and before its progress is stored repeats it, with the same event ids.</summary>
public sealed class CallbackSink(PlatformDbContext db, OutboundHttp http, ISecretBox secrets, RepeatedEvents repeated) : IReplaySink
{
    /// <summary>The rules of the address, when it is saved and at each post.</summary>
    public static readonly OutboundPolicy Policy = new("replay");

    private static readonly OutboundCall Call = new() { Policy = Policy, Timeout = TimeSpan.FromSeconds(30), MaxBodyBytes = 64 * 1024, Truncate = true };

    public ReplayTarget Target => ReplayTarget.Callback;

    public bool IsPaced => false;

    public async Task<Result<bool>> SendAsync(IReadOnlyList<PlatformEvent> events, ReplayAdvance step, CancellationToken ct)
    {
        var session = step.From;
        var address = await secrets.OpenAsync(session.KeyOrganizationId!.Value, session.SealedPlace, session.SealedCallback!, ct);
        var source = ReplaySource.Of(session);
        var body = new Batch(session.Id, session.CorrelationId, [.. events.Select(e => repeated.Of(e, source))]);
        if (await PostAsync(address, body, ct) is { } refusal)
            return refusal;
        return await ReplayProgress.AdvanceAlwaysAsync(db, step, ct);
    }

    private async Task<Error?> PostAsync(string address, Batch body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, RepeatedEvents.Json)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            var answer = await http.SendAsync(request, Call, ct);
            return answer.IsSuccess ? null : ReplayErrors.CallbackFailed((int)answer.Status);
        }
        catch (OutboundException e)
        {
            return ReplayErrors.CallbackUnreachable(e.Message);
        }
    }

    private sealed record Batch(Guid SessionId, string CorrelationId, IReadOnlyList<EventView> Events);
}
