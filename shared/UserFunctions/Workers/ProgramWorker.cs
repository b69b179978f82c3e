using System.Buffers;
using System.Text;
using System.Text.Json;
using Platform.Sandbox;

namespace Platform.UserFunctions;

/// <summary>A program that runs once: the event comes on its standard input, its result is what it prints, log lines are what it prints as errors.</summary>
internal sealed class ProgramWorker(Guid id, WorkerSpec spec, WorkerVariables variables, WorkerCode.Lease code, WorkerTools tools, CancellationTokenSource kill) : IFunctionWorker
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _used;

    public Guid Id => id;

    public TimeSpan Init => TimeSpan.Zero;

    public bool IsUsable => _used == 0;

    public Task Ended => _ended.Task;

    public async Task<WorkerOutcome> InvokeAsync(WorkerCall call)
    {
        Interlocked.Exchange(ref _used, 1);
        var output = new WorkerOutput(Guid.CreateVersion7().ToString("N"), variables.Secrets, tools.Clock);
        output.Begin();
        var began = tools.Clock.GetTimestamp();
        try
        {
            var result = await tools.Sandbox.RunAsync(RunOf(call, output), kill.Token);
            output.Close();
            var outcome = Describe(result, call) with
            {
                Duration = tools.Clock.GetElapsedTime(began),
                PeakKb = result.Usage?.PeakMemoryKb ?? 0,
                Cpu = TimeSpan.FromMilliseconds((result.Usage?.CpuTimeJiffies ?? 0) * 10),
            };
            return outcome with { Logs = await output.EndAsync(0) };
        }
        finally
        {
            Finish();
        }
    }

    public void Kill()
    {
        if (Interlocked.Exchange(ref _used, 1) == 0)
            Finish();
        else
            kill.Cancel();
    }

    private void Finish()
    {
        code.Dispose();
        _ended.TrySetResult();
    }

    private SandboxRun RunOf(WorkerCall call, WorkerOutput output)
    {
        var run = WorkerRun.Once(id, spec, variables.Values, code.Path, tools.Options.CpuCores);
        return run with
        {
            Stdin = EventOf(call),
            WallTime = call.Timeout,
            StdoutLimit = FunctionWorker.MaxResultBytes + 1,
            StderrLimit = 1,
            Environment = new Dictionary<string, string>(run.Environment)
            {
                ["PLATFORM_INVOCATION_ID"] = call.Id.ToString(),
                ["PLATFORM_DEADLINE"] = WireTime.ToText(tools.Clock.GetUtcNow() + call.Timeout),
                ["PLATFORM_TEST"] = call.IsTest ? "true" : "false",
            },
            OnBytes = (stream, bytes) => stream == OutputStream.Stderr ? output.TakeAsync(stream, bytes) : ValueTask.CompletedTask,
        };
    }

    private static ReadOnlyMemory<byte> EventOf(WorkerCall call)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
            call.Event.WritePayload(writer);
        return bytes.WrittenMemory;
    }

    private static WorkerOutcome Describe(SandboxResult result, WorkerCall call)
    {
        if (result.Reason == SandboxReason.Timeout)
            return new WorkerOutcome(InvocationStatus.Timeout, null, new InvocationError("Timeout", $"The program took longer than {call.Timeout.TotalSeconds:0} s", null));
        if (result is not { Reason: SandboxReason.Exited, ExitCode: 0 })
            return result is { Reason: SandboxReason.Exited } ? Failed("ExitCode", $"The program ended with exit code {result.ExitCode}") : WorkerEnd.Describe(result);
        var bytes = Encoding.UTF8.GetByteCount(result.Stdout);
        if (bytes > FunctionWorker.MaxResultBytes || result.OutputTruncated && bytes >= FunctionWorker.MaxResultBytes)
            return Failed("ResultTooLarge", $"The result has more than {FunctionWorker.MaxResultBytes} bytes");
        return Parse(result.Stdout) is { } json ? new WorkerOutcome(InvocationStatus.Success, json, null) { ResponseBytes = bytes } : Failed("ResultNotSerializable", "What the program printed is not JSON");
    }

    private static WorkerOutcome Failed(string type, string message) => new(InvocationStatus.Error, null, new InvocationError(type, message, null));

    private static string? Parse(string output)
    {
        var text = output.Trim();
        if (text.Length == 0)
            return "null";
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.GetRawText();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
