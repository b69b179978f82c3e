using System.Net;
using System.Text.Json;

namespace Platform.Tests.Executions;

/// <summary>A client of server-sent events that reads the real bytes of the response.</summary>
internal sealed class EventStream : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventStream(HttpResponseMessage response, Stream body) => (_response, _reader) = (response, new StreamReader(body));

    public HttpStatusCode Status => _response.StatusCode;

    public HttpResponseMessage Response => _response;

    public static Task<EventStream> OpenAsync(HttpClient http, Guid executionId, string? lastEventId = null, string query = "") =>
        OpenAsync(http, $"/api/v1/events/executions/{executionId}{query}", lastEventId);

    public static async Task<EventStream> OpenAsync(HttpClient http, string path, string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next message; null when the server closed the stream.</summary>
    public async Task<Message?> NextAsync()
    {
        string? id = null, name = null, data = null;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await _reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Length == 0)
            {
                if (data is not null)
                    return new Message(id, name, JsonDocument.Parse(data).RootElement);
                continue;
            }

            var (field, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 2)..]);
            (id, name, data) = field switch { "id" => (value, name, data), "event" => (id, value, data), "data" => (id, name, value), _ => (id, name, data) };
        }

        return null;
    }

    public async Task<List<Message>> ToEndAsync()
    {
        List<Message> all = [];
        while (await NextAsync() is { } message)
            all.Add(message);
        return all;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }

    internal sealed record Message(string? Id, string? Name, JsonElement Data)
    {
        public string Type => Data.GetProperty("event_type").GetString()!;
    }
}
