using System.Net.Sockets;
using System.Text.Json;
using Platform.Sandbox;

namespace Platform.UserFunctions;

/// <summary>A process in the sandbox that has loaded a function and takes its invocations over a socket, one at a time.</summary>
internal sealed class FunctionWorker : IFunctionWorker
{
    internal const int MaxResultBytes = 6 * 1024 * 1024;
    private const int MaxFrameBytes = MaxResultBytes + (64 * 1024);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestNews = TimeSpan.FromSeconds(1);

    private readonly WorkerSpec _spec;
    private readonly WorkerChannel _channel;
    private readonly WorkerOutput _output;
    private readonly Task<SandboxResult> _run;
    private readonly CancellationTokenSource _kill;
    private readonly TimeProvider _clock;
    private volatile bool _broken;

    public FunctionWorker(Guid id, TimeSpan init, WorkerSpec spec, WorkerChannel channel, WorkerOutput output, WorkerProcess process, TimeProvider clock)
    {
        (Id, Init, _spec, _channel, _output, _run, _kill, _clock) = (id, init, spec, channel, output, process.Run, process.End, clock);
        Ended = EndAsync();
    }

    public Guid Id { get; }

    public TimeSpan Init { get; }

    public bool IsUsable => !_broken && !_run.IsCompleted;

    public Task Ended { get; }

    public async Task<WorkerOutcome> InvokeAsync(WorkerCall call)
    {
        if (_run.IsCompleted)
            return new WorkerOutcome(InvocationStatus.Crashed, null, null) { NeverRan = true };
        _output.Begin();
        var began = _clock.GetTimestamp();
        using var timeout = new CancellationTokenSource(call.Timeout, _clock);
        try
        {
            await _channel.SendAsync((call, _spec, Deadline: _clock.GetUtcNow() + call.Timeout), WriteInvocation, timeout.Token);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            Kill();
            return new WorkerOutcome(InvocationStatus.Crashed, null, null) { NeverRan = true };
        }
        catch (OperationCanceledException)
        {
            return await TimedOutAsync(call);
        }

        try
        {
            var frame = await _channel.ReceiveAsync(MaxFrameBytes, timeout.Token);
            return (frame is { } bytes ? WorkerReply.Read(bytes) : null) switch
            {
                { Type: "result" or "error" } reply => await AnswerAsync(reply),
                { Type: WorkerReply.OutOfMemory } => await OutOfMemoryAsync(_clock.GetElapsedTime(began)),
                _ => await LostAsync(_clock.GetElapsedTime(began)),
            };
        }
        catch (OperationCanceledException)
        {
            return await TimedOutAsync(call);
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            return await LostAsync(_clock.GetElapsedTime(began));
        }
    }

    public void Kill()
    {
        _broken = true;
        try
        {
            _kill.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // it has ended
        }
    }

    private async Task EndAsync()
    {
        await ((Task)_run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _channel.Dispose();
        _kill.Dispose();
    }

    private async Task<WorkerOutcome> AnswerAsync(WorkerReply reply)
    {
        var failed = reply.Type == "error";
        return new WorkerOutcome(failed ? InvocationStatus.Error : InvocationStatus.Success, reply.Result, failed ? _output.Clean(reply.Error ?? new InvocationError("Error", "", null)) : null)
        {
            Duration = TimeSpan.FromMicroseconds(reply.Us),
            Cpu = TimeSpan.FromMicroseconds(reply.CpuUs),
            PeakKb = reply.RssKb,
            ResponseBytes = reply.Result is { } result ? System.Text.Encoding.UTF8.GetByteCount(result) : 0,
            Logs = await _output.EndAsync(reply.Marks),
        };
    }

    private async Task<WorkerOutcome> TimedOutAsync(WorkerCall call)
    {
        var outcome = await EndedAsync(TimeSpan.Zero);
        return outcome with
        {
            Status = InvocationStatus.Timeout,
            Error = new InvocationError("Timeout", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The handler took longer than {call.Timeout.TotalSeconds:0.###} s"), null),
            Duration = call.Timeout,
        };
    }

    private async Task<WorkerOutcome> OutOfMemoryAsync(TimeSpan took)
    {
        var (ended, known) = (await EndedAsync(TimeSpan.Zero), WorkerEnd.OutOfMemory);
        return ended with { Status = known.Status, Error = known.Error, Duration = took };
    }

    private async Task<WorkerOutcome> LostAsync(TimeSpan took) => await EndedAsync(LongestNews) with { Duration = took };

    // The process has closed its socket, whose end comes a moment before the news of its own, or must not go on.
    private async Task<WorkerOutcome> EndedAsync(TimeSpan patience)
    {
        var ended = _run.IsCompleted || (patience > TimeSpan.Zero && await Task.WhenAny(_run, Task.Delay(patience, _clock)) == _run);
        Kill();
        var result = await WorkerEnd.AwaitAsync(_run, LongestEnd, _clock);
        _output.Close();
        return WorkerEnd.Describe(ended ? result : result is { Reason: SandboxReason.Oom } ? result : null) with { Logs = await _output.EndAsync(0), PeakKb = result?.Usage?.PeakMemoryKb ?? 0 };
    }

    private static void WriteInvocation(Utf8JsonWriter writer, (WorkerCall Call, WorkerSpec Spec, DateTimeOffset Deadline) invocation)
    {
        var (call, spec, deadline) = invocation;
        writer.WriteStartObject();
        writer.WriteString("type"u8, "invoke"u8);
        writer.WriteNumber("timeoutMs"u8, (long)call.Timeout.TotalMilliseconds);
        writer.WritePropertyName("event"u8);
        call.Event.WritePayload(writer);
        writer.WriteStartObject("context"u8);
        writer.WriteString("invocationId"u8, call.Id);
        writer.WriteString("functionId"u8, spec.Function.Id);
        writer.WriteString("functionName"u8, spec.Function.Name);
        writer.WriteNumber("version"u8, spec.Version);
        writer.WriteString("deadline"u8, WireTime.ToText(deadline));
        writer.WriteNumber("memoryLimitMb"u8, spec.Function.MemoryMb);
        writer.WriteString("projectId"u8, spec.Function.ProjectId);
        writer.WriteBoolean("test"u8, call.IsTest);
        writer.WriteStartObject("headers"u8);
        foreach (var (name, value) in call.Event.Headers ?? Nothing)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();
}
