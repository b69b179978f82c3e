using System.Globalization;

namespace Platform.Sandbox.Linux;

/// <summary>A run without isolation, for developers' machines without bubblewrap: own session, own work folder, limits of prlimit(1), nothing else.</summary>
internal static class UnconfinedLaunch
{
    private const string Prlimit = "/usr/bin/prlimit";

    public static Launch Create(SandboxRun run)
    {
        var work = WorkFolders.Create();
        foreach (var folder in (string[])["scripts", "tmp", "output"])
            Directory.CreateDirectory($"{work}/{folder}");
        foreach (var (name, content) in run.Files)
        {
            var path = $"{work}/scripts/{name}";
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content.ToArray());
        }
        var variables = SandboxEnvironment.Of(run);
        variables["HOME"] = $"{work}/tmp";
        variables["OUTPUT_PATH"] = $"{work}/output";
        variables[BubblewrapLaunch.OwnerVariable] = ProcessIdentity.Own;

        List<string> command = [.. run.Command.Select(word => word.Replace("/scripts/", $"{work}/scripts/", StringComparison.Ordinal)), .. run.Arguments];
        if (!command[0].Contains('/'))
            command[0] = variables["PATH"].Split(':').Select(folder => $"{folder}/{command[0]}").FirstOrDefault(File.Exists) ?? command[0];
        if (File.Exists(Prlimit))
            command.InsertRange(0, [Prlimit, $"--nofile={run.OpenFiles.ToString(CultureInfo.InvariantCulture)}", "--core=0", "--"]);

        var (stdout, stdoutWrite) = Descriptor.Pipe();
        var (stderr, stderrWrite) = Descriptor.Pipe();
        return new Launch
        {
            Path = command[0],
            Arguments = command[1..],
            Environment = [.. variables.Select(variable => $"{variable.Key}={variable.Value}")],
            Child = [run.Stdin is { } input ? Descriptor.Memory("stdin", input.Span) : Descriptor.Nothing(), stdoutWrite, stderrWrite],
            Stdout = stdout,
            Stderr = stderr,
            WorkingDirectory = run.WorkingDirectory == "/tmp" ? $"{work}/tmp" : run.WorkingDirectory,
            WorkFolder = work,
        };
    }
}
