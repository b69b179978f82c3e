using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>One client that follows the stream of an execution to its end, over reconnections, and notes what it got.</summary>
internal sealed class SseReader(Guid executionId)
{
    private const string End = "{\"event_type\":\"result_stored\"";
    private const string Lost = "{\"event_type\":\"result_failed\"";
    private const string Output = "{\"event_type\":\"execution_output\"";

    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<long> _ids = [];
    private long _offset = -1;

    public Guid ExecutionId => executionId;

    /// <summary>Ids of the stored events, as they came.</summary>
    public IReadOnlyList<long> Ids => _ids;

    /// <summary>Pieces of live output, which have no id.</summary>
    public int Pieces { get; private set; }

    public bool Ended { get; private set; }

    /// <summary>Live output came in another order than it was printed.</summary>
    public bool OutOfOrder { get; private set; }

    /// <summary>Completes with the first line of the stream.</summary>
    public Task Opened => _opened.Task;

    /// <summary>Reads until the server closes the stream; call it again to go on behind the last event. Answers whether there is nothing more to come.</summary>
    public async Task<bool> ReadAsync(HttpClient http, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/api/v1/events/executions/{executionId}", UriKind.Relative));
        if (_ids.Count > 0)
            request.Headers.Add("Last-Event-ID", $"{_ids[^1]}");
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        if (answer.StatusCode == HttpStatusCode.NoContent)
            return Ended = true;
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"The stream answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}", null, answer.StatusCode);

        _offset = -1;
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(ct));
        while (await lines.ReadLineAsync(ct) is { } line)
            Take(line);
        return Ended;
    }

    private void Take(string line)
    {
        _opened.TrySetResult();
        if (line.StartsWith("id: ", StringComparison.Ordinal))
            _ids.Add(long.Parse(line.AsSpan(4), CultureInfo.InvariantCulture));
        if (!line.StartsWith("data: ", StringComparison.Ordinal))
            return;
        var data = line.AsSpan(6);
        if (data.StartsWith(End, StringComparison.Ordinal) || data.StartsWith(Lost, StringComparison.Ordinal))
            Ended = true;
        if (data.StartsWith(Output, StringComparison.Ordinal))
            TakeOutput(JsonDocument.Parse(data.ToString()).RootElement.GetProperty("offset").GetInt64());
    }

    private void TakeOutput(long offset)
    {
        Pieces++;
        OutOfOrder |= offset <= _offset;
        _offset = offset;
    }
}
