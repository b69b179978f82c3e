namespace Platform.Sandbox.Egress;

/// <summary>What makes a run with <see cref="SandboxNetwork.Public"/> from a plain one: programs speak to a proxy over TCP, so socat carries a port of the
/// sandbox's own loopback to the Unix socket of the gate, and the usual variables name that port.</summary>
internal static class EgressRelay
{
    private const string Socat = "/usr/bin/socat", Bash = "/usr/bin/bash";
    private const string InsideFolder = "/run/platform-egress";
    private const string CertificateFolder = "/etc/ssl/certs", Certificates = CertificateFolder + "/ca-certificates.crt";
    private const int Port = 3128;

    // A child of the pid namespace's init, so that the program does not see it among its own children; its start is waited for by bash itself, without a process.
    private static readonly string Script =
        $"({Socat} TCP-LISTEN:{Port},bind=127.0.0.1,reuseaddr,fork,backlog=128 UNIX-CONNECT:{InsideFolder}/{EgressGate.SocketName} </dev/null >/dev/null 2>&1 &)\n"
        + $"for _ in {{1..1000}}; do (: </dev/tcp/127.0.0.1/{Port}) 2>/dev/null && break; done\nexec \"$@\"";

    /// <summary>What the host lacks; null when it has everything.</summary>
    public static string? Missing => !File.Exists(Socat) ? "socat is not installed" : !File.Exists(Bash) ? "bash is not installed" : null;

    public static SandboxRun Through(EgressGate gate, SandboxRun run)
    {
        var address = $"http://127.0.0.1:{Port}";
        var variables = new Dictionary<string, string>(run.Environment);
        foreach (var name in (string[])["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"])
            variables[name] = address;
        variables["NO_PROXY"] = variables["no_proxy"] = "localhost,127.0.0.1,::1";
        if (File.Exists(Certificates))
            variables.TryAdd("NODE_EXTRA_CA_CERTS", Certificates); // Node.js brings its own list and would not trust what the operator trusts
        List<SandboxMount> mounts = [.. run.Mounts, new(gate.Folder, InsideFolder)];
        if (Directory.Exists(CertificateFolder))
            mounts.Add(new(CertificateFolder, CertificateFolder)); // its sibling holds private keys
        return run with { Command = [Bash, "-c", Script, "egress", .. run.Command], Environment = variables, Mounts = mounts };
    }
}
