namespace Platform.Sandbox.Runtimes;

/// <summary>An interpreter's real binary and the folder that must be visible for it to work.</summary>
internal sealed record Interpreter(string Binary, IReadOnlyList<SandboxMount> Mounts)
{
    private static readonly string Home = System.Environment.GetEnvironmentVariable("HOME") ?? "/root";

    public static Interpreter Of(string path)
    {
        if (path.StartsWith("/usr/", StringComparison.Ordinal))
            return new Interpreter(path, []);
        var visible = Installation(path) ?? path;
        return new Interpreter(path, [new SandboxMount(visible, visible)]);
    }

    public string Fill(string word) => word.Replace("{bin}", Binary, StringComparison.Ordinal);

    public Dictionary<string, string> Environment(LanguageOptions language)
    {
        var variables = new Dictionary<string, string>(language.Environment);
        if (Mounts.Count > 0)
            variables.TryAdd("PATH", $"{Path.GetDirectoryName(Binary)}:/usr/local/bin:/usr/bin:/bin");
        return variables;
    }

    // The folder above bin/, or .NET's own without one, when it is an installation of its own; never somebody's home or a folder with other things in it.
    private static string? Installation(string path)
    {
        var bin = Path.GetDirectoryName(path)!;
        var isDotnet = Directory.Exists($"{bin}/host/fxr");
        var prefix = isDotnet ? bin : Path.GetDirectoryName(bin);
        if (prefix is null || !(isDotnet || Path.GetFileName(bin) == "bin") || prefix.Count(c => c == '/') < 2)
            return null;
        var hidden = Path.GetFileName(prefix).StartsWith('.');
        return hidden || prefix == Home || Home.StartsWith(prefix + "/", StringComparison.Ordinal) ? null : prefix;
    }
}
