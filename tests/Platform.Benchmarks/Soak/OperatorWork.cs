namespace Platform.Benchmarks.Soak;

/// <summary>Publishes events, among them some that no consumer can process, deals with dead letters, and replays.</summary>
internal sealed class OperatorWork(SoakClient client)
{
    private static readonly object Usage = new { execution_time_wall_seconds = 0.1, cpu_time_jiffies = 1, clk_tck_hertz = 100, peak_memory_kb = 1000 };
    private int _next;

    public async Task PublishAsync(CancellationToken ct)
    {
        var topic = $"soak-{_next++ % 20}";
        await PublishAsync(new { event_type = "execution_running", aggregate_id = topic, payload = new { execution_id = Guid.CreateVersion7(), pod_name = topic } }, ct);
        await client.PauseAsync(400, ct);
    }

    public async Task DeadLettersAsync(CancellationToken ct)
    {
        var nobody = Guid.CreateVersion7();
        var poison = new { event_type = "execution_completed", aggregate_id = nobody, payload = new { execution_id = nobody, stdout = "", stderr = "", exit_code = 0, resource_usage = Usage } };
        if (await PublishAsync(poison, ct) is { } published)
            client.Ledger.Undeliverable.Add(published);

        await client.GetAsync("/api/v1/dlq/stats", ct);
        if (await client.GetAsync("/api/v1/dlq/messages?limit=5&status=scheduled", ct) is { IsOk: true } list)
        {
            foreach (var id in list.Body.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("event_id").GetString()))
                await DealWithAsync(id!, ct);
        }

        await client.PauseAsync(6000, ct);
    }

    public async Task ReplayAsync(CancellationToken ct)
    {
        var target = client.Random.Next(2) == 0 ? "file" : "test";
        var request = new { replay_type = "event_type", event_types = new[] { "user_theme_changed", "execution_completed" }, target, speed_multiplier = 100, max_events = 200 };
        if (await client.PostAsync("/api/v1/replay/sessions", request, ct) is { IsOk: true } made)
        {
            var id = made.Text("session_id");
            if (await client.PostAsync($"/api/v1/replay/sessions/{id}/start", null, ct) is { IsOk: true })
                client.Ledger.Replays.Add(Guid.Parse(id));
            await client.GetAsync($"/api/v1/replay/sessions/{id}", ct);
        }

        await client.PauseAsync(5000, ct);
    }

    public async Task LookAsync(CancellationToken ct)
    {
        await client.GetAsync("/api/v1/admin/events/stats?hours=1", ct);
        await client.PostAsync("/api/v1/admin/events/browse", new { filters = new { }, limit = 50 }, ct);
        await client.GetAsync("/api/v1/admin/events/export/csv?limit=200", ct);
        await client.PauseAsync(4000, ct);
    }

    private async Task DealWithAsync(string eventId, CancellationToken ct)
    {
        if (client.Random.Next(2) == 0)
            await client.PostAsync("/api/v1/dlq/retry", new { event_ids = new[] { eventId } }, ct);
        else
            await client.SendAsync(HttpMethod.Delete, $"/api/v1/dlq/messages/{eventId}?reason=soak", ct: ct);
        client.Ledger.Count("dead letters dealt with");
    }

    private async Task<Guid?> PublishAsync(object body, CancellationToken ct)
    {
        if (await client.PostAsync("/api/v1/events/publish", body, ct) is not { IsOk: true } answer)
            return null;
        var id = Guid.Parse(answer.Text("event_id"));
        client.Ledger.Published.Add(id);
        return id;
    }
}
