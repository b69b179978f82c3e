using Platform.Benchmarks.ExecutionsApi;

namespace Platform.Benchmarks.Soak;

/// <summary>Follows executions from their start to their end, over whatever is killed meanwhile.</summary>
internal sealed class StreamWork(SoakClient client, string mark, string name)
{
    private const string Script = "import time\nfor i in range(15): print(i, flush=True); time.sleep(0.1)";
    private int _next;

    public async Task FollowAsync(CancellationToken ct)
    {
        var request = new { script = Script, args = new[] { $"{mark}s{name}-{_next++}" } };
        if (await client.PostAsync("/api/v1/execute", request, ct) is { IsOk: true } started)
        {
            var reader = new SseReader(Guid.Parse(started.Text("execution_id")));
            client.Ledger.Executions.Add(reader.ExecutionId);
            await FollowAsync(reader, ct);
            client.Ledger.Streams.Add(reader);
        }

        await client.PauseAsync(500, ct);
    }

    private async Task FollowAsync(SseReader reader, CancellationToken ct)
    {
        while (!reader.Ended)
        {
            using var http = client.Streams();
            try
            {
                if (await reader.ReadAsync(http, ct))
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                client.Ledger.Count("streams resumed"); // its node has just been killed
                await Task.Delay(100, ct);
            }
        }
    }
}
