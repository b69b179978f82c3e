using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Sandbox;
using Platform.Secrets;

namespace Platform.UserFunctions;

/// <summary>Starts processes of functions and has them load their code.</summary>
public sealed class WorkerStarter(WorkerTools tools, IServiceScopeFactory scopes)
{
    private const int MaxGreetingBytes = 64 * 1024;
    private const string Lost = "lost";
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestCompiling = TimeSpan.FromSeconds(25); // with the longest test less than the 230 s of the cloud's front end

    /// <summary>A worker that has loaded its code, or why there is none.</summary>
    internal async Task<(IFunctionWorker? Worker, WorkerFailure? Failure)> StartAsync(WorkerSpec spec)
    {
        var began = tools.Clock.GetTimestamp();
        var id = Guid.CreateVersion7(tools.Clock.GetUtcNow());
        var reading = VariablesAsync(spec); // beside the unpacking
        var code = await CodeAsync(spec);
        if (code is null)
            return (null, new WorkerFailure(Failed("CodeMissing", "The code of this version is no longer there"), TimeSpan.Zero));
        try
        {
            var variables = await reading;
            if (spec.NeedsCompiling)
            {
                if (await CompileAsync(spec, code.Path) is { } refused)
                {
                    code.Dispose();
                    return (null, refused);
                }

                began = tools.Clock.GetTimestamp(); // compiling is no part of the function's own start
            }

            if (!spec.Runtime.Rules.StaysWarm)
                return (new ProgramWorker(id, spec, variables, code, tools, new CancellationTokenSource()), null);
            var (worker, failure) = await StartAsync(new Start(id, spec, variables, code.Path), began);
            if (worker is null)
            {
                code.Dispose();
                return (null, failure);
            }

            _ = ReturnAsync(worker.Ended, code);
            return (worker, null);
        }
        catch
        {
            code.Dispose();
            throw;
        }
    }

    private Task<WorkerCode.Lease?> CodeAsync(WorkerSpec spec) => spec switch
    {
        { Unsaved: { } packed } => tools.Code.UnpackAsync(packed),
        { NeedsCompiling: true } => tools.Code.CopyAsync(spec.Function.Id, spec.Sha256!),
        _ => tools.Code.RentAsync(spec.Function.Id, spec.Sha256!),
    };

    // Null when the program is there.
    private async Task<WorkerFailure?> CompileAsync(WorkerSpec spec, string folder)
    {
        var compiled = await tools.Compiler.CompileAsync(spec.Runtime, folder, LongestCompiling, CancellationToken.None);
        if (compiled.Error is not { } error)
            return null;
        if (compiled.Reason is SandboxReason.StartFailed or SandboxReason.Lost)
            return new WorkerFailure(null, TimeSpan.Zero);
        var book = new LogBook();
        foreach (var line in compiled.Log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            book.Add(new FunctionLogLine(tools.Clock.GetUtcNow(), "system", line.Contains(": error ", StringComparison.Ordinal) ? "error" : "warn", line));
        return new WorkerFailure(Failed("CompileError", error) with { Logs = book.Lines }, TimeSpan.Zero);
    }

    private async Task<(IFunctionWorker? Worker, WorkerFailure? Failure)> StartAsync(Start start, long began)
    {
        var folder = tools.Folders.Temporary();
        var kill = new CancellationTokenSource();
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var output = new WorkerOutput(token, start.Variables.Secrets, tools.Clock);
        using var listener = Listen(folder.Path);
        var variables = new Dictionary<string, string>(start.Variables.Values) { [WorkerRun.TokenVariable] = token };
        var run = tools.Sandbox.RunAsync(
            WorkerRun.Staying(start.Id, start.Spec, variables, start.CodeFolder, folder.Path, tools.Options.CpuCores) with { OnBytes = output.TakeAsync }, kill.Token);
        _ = ReturnAsync(run, folder);

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(tools.Options.InitSeconds), tools.Clock);
        var greeting = GreetAsync(listener, start, token, patience.Token);
        await Task.WhenAny(greeting, run);
        if (greeting.IsCompletedSuccessfully && await greeting is { Reply.Type: "ready" } greeted)
        {
            await output.SettleAsync(greeted.Reply.Marks);
            return (new FunctionWorker(start.Id, tools.Clock.GetElapsedTime(began), start.Spec, greeted.Channel, output, new WorkerProcess(run, kill), tools.Clock), null);
        }

        listener.Close();
        var failure = await FailureAsync(greeting, run, kill, output);
        return (null, failure with { Init = tools.Clock.GetElapsedTime(began) });
    }

    private async Task<WorkerFailure> FailureAsync(Task<Greeting> greeting, Task<SandboxResult> run, CancellationTokenSource kill, WorkerOutput output)
    {
        if (greeting.IsCompletedSuccessfully && (await greeting).Reply.Type == Lost)
            await Task.WhenAny(run, Task.Delay(LongestEnd, tools.Clock)); // what its end was comes a moment after the socket's
        var ended = run.IsCompleted;
        await kill.CancelAsync();
        var result = await run;
        kill.Dispose();
        await ((Task)greeting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var reply = greeting.IsCompletedSuccessfully ? (await greeting).Reply : null;
        if (greeting.IsCompletedSuccessfully)
            (await greeting).Channel.Dispose();
        if (result.Reason == SandboxReason.StartFailed)
            return new WorkerFailure(null, TimeSpan.Zero);
        var outcome = reply switch
        {
            { Type: "failed", Error: { } error } => new WorkerOutcome(InvocationStatus.Error, null, output.Clean(error)) { PeakKb = reply.RssKb },
            { Type: WorkerReply.OutOfMemory } => WorkerEnd.OutOfMemory,
            _ => ended || result.Reason == SandboxReason.Oom ? WorkerEnd.Describe(result) : Failed("InitTimeout", "The code was not loaded in time"),
        };
        output.Close();
        return new WorkerFailure(outcome with { Logs = await output.EndAsync(reply?.Marks ?? 0), PeakKb = result.Usage?.PeakMemoryKb ?? 0 }, TimeSpan.Zero);
    }

    // Whoever has a connection and not the token is nobody; the name goes once somebody has both, so that nobody else comes.
    private static async Task<Greeting> GreetAsync(Socket listener, Start start, string token, CancellationToken ct)
    {
        var channel = new WorkerChannel(await listener.AcceptAsync(ct));
        try
        {
            var hello = await channel.ReceiveAsync(MaxGreetingBytes, ct) is { } frame ? WorkerReply.Read(frame) : null;
            if (hello is not { Type: "hello", Token: { } given } || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token)))
                return new Greeting(channel, new WorkerReply("refused", 0, 0, 0, 0, null, null, null));
            await channel.SendAsync(start, WriteLoad, ct);
            return new Greeting(channel, await channel.ReceiveAsync(MaxGreetingBytes, ct) is { } answer && WorkerReply.Read(answer) is { } reply ? reply : new WorkerReply(Lost, 0, 0, 0, 0, null, null, null));
        }
        catch
        {
            channel.Dispose();
            throw;
        }
    }

    private static void WriteLoad(Utf8JsonWriter writer, Start start)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "load"u8);
        writer.WriteString("file"u8, FunctionCode.EntryFile(start.Spec.Runtime, start.Spec.Entrypoint, name => File.Exists(Path.Combine(start.CodeFolder, name))) ?? start.Spec.Entrypoint);
        writer.WriteString("handler"u8, start.Spec.Runtime.Rules.Split(start.Spec.Entrypoint).Function);
        writer.WriteNumber("limit"u8, FunctionWorker.MaxResultBytes);
        writer.WriteStartObject("environment"u8);
        foreach (var (name, value) in start.Variables.Values.Where(pair => WorkerRun.IsOfTheLoader(pair.Key)))
            writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static Socket Listen(string folder)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(folder, WorkerRun.SocketName);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(1);
        UnixFiles.SetMode(path, UnixFiles.OpenSocket); // the sandbox's user is not ours; nobody else finds the folder
        return socket;
    }

    private async Task<WorkerVariables> VariablesAsync(WorkerSpec spec)
    {
        var function = spec.Function;
        await using var scope = scopes.CreateScopeFor(Caller.System(function.OrganizationId));
        var all = await scope.ServiceProvider.GetRequiredService<FunctionVault>()
            .EffectiveAsync(function.OrganizationId, function.ProjectId, function.Id, function.Environment, CancellationToken.None);
        foreach (var (name, value) in spec.Extra)
            all[name] = value;
        var secrets = new SecretMask(all.Values);
        all["PLATFORM_FUNCTION_ID"] = function.Id.ToString();
        all["PLATFORM_FUNCTION_NAME"] = function.Name;
        all["PLATFORM_FUNCTION_VERSION"] = spec.Version.ToString(CultureInfo.InvariantCulture);
        all["PLATFORM_RUNTIME"] = spec.Runtime.Name;
        return new WorkerVariables(all, secrets);
    }

    private static async Task ReturnAsync(Task ended, IDisposable used)
    {
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        used.Dispose();
    }

    private static WorkerOutcome Failed(string type, string message) => new(InvocationStatus.Error, null, new InvocationError(type, message, null));

    private sealed record Start(Guid Id, WorkerSpec Spec, WorkerVariables Variables, string CodeFolder);

    private sealed record Greeting(WorkerChannel Channel, WorkerReply Reply);
}
