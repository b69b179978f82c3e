using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Platform.Testing;

/// <summary>
/// The platform as a process of its own, on a free port and in a fresh folder that is removed at the end. Linked into every project that needs it.
/// </summary>
internal sealed class PlatformProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly bool _ownsFolder;

    private PlatformProcess(Process process, DirectoryInfo folder, bool ownsFolder, Uri url)
    {
        _process = process;
        _folder = folder;
        _ownsFolder = ownsFolder;
        Url = url;
    }

    public Uri Url { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public string DataDirectory => _folder.FullName;

    /// <summary>The data directory as the process itself sees it.</summary>
    public string FilesOfItsOwn => $"/proc/{Id}/root{DataDirectory}";

    /// <param name="assembly">Path of the built function app.</param>
    /// <param name="settings">Further settings as <c>("Section:Key", "value")</c>.</param>
    public static PlatformProcess Start(string assembly, params (string Key, string Value)[] settings) =>
        Start(["dotnet", assembly], Directory.CreateTempSubdirectory("platform-"), ownsFolder: true, settings);

    /// <summary>On the data of an earlier process; the folder stays when this one ends.</summary>
    public static PlatformProcess StartOn(string assembly, string folder, params (string Key, string Value)[] settings) =>
        Start(["dotnet", assembly], new DirectoryInfo(folder), ownsFolder: false, settings);

    /// <summary>With a disk of its own for the data, of so many megabytes: a tmpfs in a mount namespace that ends with the process. Its files are seen through <see cref="FilesOfItsOwn"/>.</summary>
    public static PlatformProcess StartOnSmallDisk(string assembly, int megabytes, params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("platform-");
        var mount = $"mount -t tmpfs -o size={megabytes}m tmpfs '{folder.FullName}' && exec \"$@\"";
        return Start(["unshare", Environment.IsPrivilegedProcess ? "-m" : "-Urm", "sh", "-c", mount, "sh", "dotnet", assembly], folder, ownsFolder: true, settings);
    }

    private static PlatformProcess Start(string[] command, DirectoryInfo folder, bool ownsFolder, (string Key, string Value)[] settings)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(command[0]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[.. command[1..], "--port", $"{port}", "--Platform:DataDirectory", folder.FullName])
            start.ArgumentList.Add(argument);
        foreach (var (key, value) in settings)
        {
            start.ArgumentList.Add($"--{key}");
            start.ArgumentList.Add(value);
        }

        var process = Process.Start(start)!;
        var log = TextWriter.Synchronized(new StreamWriter(Path.Combine(folder.FullName, $"console-{process.Id}.log")) { AutoFlush = true });
        process.OutputDataReceived += (_, line) => log.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => log.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new PlatformProcess(process, folder, ownsFolder, new Uri($"http://127.0.0.1:{port}"));
    }

    /// <summary>Waits until <paramref name="path"/> answers 200 and says how long that took from the start of the process.</summary>
    public async Task<TimeSpan> WaitForAsync(HttpClient http, string path)
    {
        var waited = Stopwatch.StartNew();
        var said = "nothing";
        while (waited.Elapsed < Patience && !_process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
                if (answer.StatusCode == HttpStatusCode.OK)
                    return waited.Elapsed;
                said = $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(20); // between two questions to a process that is starting; nothing else announces it
        }

        throw new InvalidOperationException($"{path} did not answer 200 within {Patience.TotalSeconds:0} s; it said {said}\n{await ConsoleAsync()}");
    }

    /// <summary>Asks the process to stop (SIGTERM) and returns its exit code.</summary>
    public Task<int> StopAsync()
    {
        Signal(Native.Terminate);
        return EndAsync();
    }

    /// <summary>Waits until the process ends by itself and returns its exit code.</summary>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>Kills the process (SIGKILL), as a power cut would; what it started is left to itself.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Stops the process's time (SIGSTOP) until <see cref="Resume"/>.</summary>
    public void Pause() => Signal(Native.Stop);

    public void Resume() => Signal(Native.Continue);

    public async Task<string> ConsoleAsync() => await File.ReadAllTextAsync(Path.Combine(_folder.FullName, $"console-{_process.Id}.log"));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        if (_ownsFolder)
            _folder.Delete(recursive: true);
    }

    private void Signal(int signal)
    {
        if (Native.Kill(_process.Id, signal) != 0)
            throw new InvalidOperationException("the platform had already ended");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static class Native
    {
        public const int Terminate = 15;
        public const int Continue = 18;
        public const int Stop = 19;

        [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
        public static extern int Kill(int pid, int signal);
    }
}
