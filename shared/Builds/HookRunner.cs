using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Data;
using Platform.Outbound;
using Platform.Sandbox;
using Platform.Secrets;

namespace Platform.Builds;

/// <summary>Runs hooks: commands in the build's folder, requests to addresses outside, signed with the project's secret (delivery §10.4).</summary>
public sealed class HookRunner(BuildSandbox sandbox, OutboundHttp http, BuildVault vault, BuildConfigs configs, TimeProvider clock)
{
    private const int MaxOutput = 16 * 1024;
    private const int MaxAnswer = 64 * 1024;
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)];
    private static readonly JsonSerializerOptions Json = WireJson.Camel.Writing;

    /// <summary>Runs a command hook.</summary>
    /// <param name="log">Takes what it prints.</param>
    internal async Task<BuildHookResult> RunCommandAsync(Build build, Workspace workspace, StepVariables variables, BuildHook hook, BuildLogWriter.ProgramLog log, TimeSpan most, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var wall = TimeSpan.FromSeconds(hook.TimeoutSeconds);
        var result = await sandbox.RunAsync(
            build,
            workspace,
            new BuildProgram(hook.Name, hook.Command!)
            {
                WorkingDirectory = Workspace.RootOf(build.Config),
                Variables = variables.Values,
                Network = build.Config.Network == BuildNetwork.Egress ? SandboxNetwork.Public : SandboxNetwork.None,
                WallTime = wall < most ? wall : most,
                OnBytes = log.TakeAsync,
            },
            ct);
        await log.EndAsync();
        var status = result is { Reason: SandboxReason.Exited, ExitCode: 0 } ? BuildHookStatus.Succeeded : result.Reason == SandboxReason.Timeout ? BuildHookStatus.TimedOut : BuildHookStatus.Failed;
        return Result(hook, status, began, log.Tail) with { ExitCode = result.ExitCode >= 0 ? result.ExitCode : null };
    }

    /// <summary>Calls an HTTP hook: three tries for what may be a fault of the network or the receiver.</summary>
    internal async Task<BuildHookResult> CallAsync(Build build, BuildHook hook, string? payload, CancellationToken ct)
    {
        var began = clock.GetTimestamp();
        var config = await configs.FindAsync(build.ProjectId, ct);
        var secret = config is null ? null : await vault.OpenHookSecretAsync(config, ct);
        if (secret is null)
            return Result(hook, BuildHookStatus.Failed, began, "The project has no hook secret");
        var headers = (await vault.OpenHeadersAsync(config!, ct)).GetValueOrDefault(hook.Name) ?? [];
        var (id, body) = (Guid.CreateVersion7(clock.GetUtcNow()).ToString(), Encoding.UTF8.GetBytes(BodyOf(build, hook, payload)));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(hook.TimeoutSeconds), clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        for (var attempt = 0; ; attempt++)
        {
            var result = await SendAsync(hook, headers, secret, id, body, began, both.Token);
            if (result.Status == BuildHookStatus.Succeeded || result.StatusCode is >= 300 and < 500 || attempt == Pauses.Length || both.IsCancellationRequested)
                return limit.IsCancellationRequested && result.Status != BuildHookStatus.Succeeded ? result with { Status = BuildHookStatus.TimedOut } : result;
            await Task.Delay(Pauses[attempt], clock, both.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<BuildHookResult> SendAsync(BuildHook hook, IReadOnlyDictionary<string, string> headers, string secret, string id, byte[] body, long began, CancellationToken ct)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new ByteArrayContent(body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers)
            message.Headers.TryAddWithoutValidation(name, value);
        var time = clock.GetUtcNow().ToUnixTimeSeconds();
        message.Headers.TryAddWithoutValidation("User-Agent", "Platform-Webhooks/1");
        message.Headers.Add("webhook-id", id);
        message.Headers.Add("webhook-timestamp", $"{time}");
        message.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Standard([secret], id, time, body));
        try
        {
            var call = new OutboundCall { Policy = BuildAddress.Hook, Timeout = TimeSpan.FromSeconds(hook.TimeoutSeconds), MaxBodyBytes = MaxAnswer, Truncate = true };
            var answer = await http.SendAsync(message, call, ct);
            var mask = new SecretMask([secret, .. headers.Values]);
            var text = mask.Apply(Encoding.UTF8.GetString(answer.Body.Span).Replace('\0', '\uFFFD'));
            return Result(hook, answer.IsSuccess ? BuildHookStatus.Succeeded : BuildHookStatus.Failed, began, text) with { StatusCode = (int)answer.Status };
        }
        catch (OutboundException failure)
        {
            return Result(hook, failure.Failure == OutboundFailure.Timeout ? BuildHookStatus.TimedOut : BuildHookStatus.Failed, began, failure.Message);
        }
        catch (OperationCanceledException)
        {
            return Result(hook, BuildHookStatus.Failed, began, "The hook was stopped");
        }
    }

    private BuildHookResult Result(BuildHook hook, BuildHookStatus status, long began, string output) => new(hook.Name, hook.Phase, hook.Type, status)
    {
        DurationMs = (long)clock.GetElapsedTime(began).TotalMilliseconds,
        Output = output.Length > MaxOutput ? output[^MaxOutput..] : output,
        FinishedAt = clock.GetUtcNow(),
    };

    private static string BodyOf(Build build, BuildHook hook, string? payload)
    {
        var body = new JsonObject
        {
            ["event"] = "hook",
            ["phase"] = EnumWords<BuildHookPhase>.ToWord(hook.Phase),
            ["build"] = JsonSerializer.SerializeToNode(BuildSummary.Of(build), Json),
            ["payload"] = payload is null ? null : JsonNode.Parse(payload),
        };
        return body.ToJsonString(Json);
    }
}
