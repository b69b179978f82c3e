using System.Net;
using System.Text.Json;

namespace Platform.Benchmarks.Soak;

/// <summary>Runs scripts in all runtimes, cancels some of them and runs some again; saves scripts and runs those.</summary>
internal sealed class ScriptWork(SoakClient client, string mark, string name)
{
    private const int MostTries = 5;

    private static readonly Dictionary<string, string[]> Sources = new(StringComparer.Ordinal)
    {
        ["python"] = ["print(1)", "import time; time.sleep(0.5)", "raise ValueError('x')", "import sys; sys.stdout.write('x' * 100000)", "import time\nfor i in range(20): print(i, flush=True); time.sleep(0.1)"],
        ["bash"] = ["echo one", "sleep 0.4; exit 3"],
        ["node"] = ["console.log(1)", "setTimeout(() => console.error('late'), 300)"],
        ["ruby"] = ["puts 1", "sleep 0.3"],
    };

    private List<(string Lang, string Version)> _runtimes = [];
    private int _next;

    public async Task ExecuteAsync(CancellationToken ct)
    {
        if (_runtimes.Count == 0)
            _runtimes = await RuntimesAsync(ct);
        if (await StartAsync("/api/v1/execute", Request(), ct) is { } id)
            await MeddleAsync(id, ct);
        await client.PauseAsync(900, ct);
    }

    public async Task SaveAsync(CancellationToken ct)
    {
        var saved = await client.PostAsync("/api/v1/scripts", new { name = $"script {_next++}", script = "print('saved')" }, ct);
        if (saved is { IsOk: true })
        {
            var id = Guid.Parse(saved.Text("script_id"));
            client.Ledger.Scripts[id] = "print('saved')";
            await UseAsync(id, ct);
        }

        await client.PauseAsync(2500, ct);
    }

    /// <summary>Half of them change, a third go again; what is cut off is not known and no longer expected.</summary>
    private async Task UseAsync(Guid id, CancellationToken ct)
    {
        client.Ledger.Count("scripts saved");
        await client.GetAsync("/api/v1/scripts", ct);
        if (client.Random.Next(2) == 0)
        {
            client.Ledger.Scripts.TryRemove(id, out _);
            if (await client.SendAsync(HttpMethod.Put, $"/api/v1/scripts/{id}", new { name = "changed", script = "print('changed')" }, ct: ct) is { IsOk: true })
                client.Ledger.Scripts[id] = "print('changed')";
        }

        if (client.Random.Next(3) == 0)
        {
            client.Ledger.Scripts.TryRemove(id, out _);
            await client.SendAsync(HttpMethod.Delete, $"/api/v1/scripts/{id}", ct: ct);
        }
    }

    private async Task MeddleAsync(Guid id, CancellationToken ct)
    {
        switch (client.Random.Next(5))
        {
            case 0:
                await client.PauseAsync(600, ct);
                if (await client.PostAsync($"/api/v1/{id}/cancel", new { reason = "soak" }, ct) is { IsOk: true })
                    client.Ledger.Count("cancels accepted");
                break;
            case 1:
                await client.PauseAsync(2000, ct);
                if (await client.GetAsync($"/api/v1/result/{id}", ct) is { IsOk: true } result && result.Body.GetProperty("completed_at").ValueKind == JsonValueKind.String)
                    await StartAsync($"/api/v1/{id}/retry", new { reason = "soak" }, ct);
                break;
            default:
                if (await client.GetAsync($"/api/v1/result/{id}", ct) is { Status: HttpStatusCode.NotFound })
                    client.Ledger.Faults.Add($"accepted execution {id} was not found");
                break;
        }
    }

    /// <summary>With a key, so that a request that was cut off can be repeated until its outcome is known.</summary>
    private async Task<Guid?> StartAsync(string path, object request, CancellationToken ct)
    {
        var key = $"{mark}{name}-{_next}";
        for (var tries = 0; tries < MostTries; tries++)
        {
            if (await client.SendAsync(HttpMethod.Post, path, request, key, ct) is { } answer && (int)answer.Status is not (409 or 503))
            {
                if (!answer.IsOk)
                    return null;
                var id = Guid.Parse(answer.Text("execution_id"));
                client.Ledger.Executions.Add(id);
                return id;
            }

            await Task.Delay(300, ct);
        }

        return null;
    }

    private object Request()
    {
        var (lang, version) = _runtimes[client.Random.Next(_runtimes.Count)];
        var sources = Sources[lang];
        return new { script = sources[client.Random.Next(sources.Length)], lang, lang_version = version, args = new[] { $"{mark}{name}-{++_next}" } };
    }

    private async Task<List<(string, string)>> RuntimesAsync(CancellationToken ct)
    {
        while (true)
        {
            if (await client.GetAsync("/api/v1/k8s-limits", ct) is { IsOk: true } limits)
            {
                return [.. limits.Body.GetProperty("supported_runtimes").EnumerateObject().Where(lang => Sources.ContainsKey(lang.Name))
                    .SelectMany(lang => lang.Value.EnumerateArray().Select(version => (lang.Name, version.GetString()!)))];
            }
        }
    }
}
