namespace Platform.Sandbox.Linux;

/// <summary>Finds the strongest sandbox that this host can do, by trying.</summary>
internal sealed class SandboxDetection(SandboxOptions options, HostUsers users, Func<SandboxFacts, CancellationToken, Task<string?>> tryAsync)
{
    public async Task<SandboxFacts> RunAsync(CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux())
            return new SandboxFacts(null, ControlGroups.None, null) { Weakness = "The bubblewrap sandbox needs Linux." };
        _ = Libc.prctl(Libc.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); // see SandboxProcess.Reap

        var groups = options.UseCgroups ? ControlGroups.Detect() : ControlGroups.None;
        if (await Bubblewrap.FindAsync(options.BubblewrapPath, ct) is not { } program)
            return new SandboxFacts(null, groups, null) { Weakness = "bubblewrap 0.5 or newer is not installed." };
        return await TryAsync(new SandboxFacts(program, groups, SeccompFilter.Assemble(limitAnonymousMemory: !groups.LimitsMemory)), ct);
    }

    private async Task<SandboxFacts> TryAsync(SandboxFacts best, CancellationToken ct)
    {
        string? refusal = null;
        foreach (var (facts, asOwnUser, weakness) in Variants(best))
        {
            users.Enabled = !asOwnUser;
            if (await tryAsync(facts, ct) is not { } why)
                return facts with { Confines = true, Weakness = weakness ?? Weakness(facts) };
            refusal ??= why;
        }
        return best with { Weakness = $"bubblewrap does not work here: {refusal}" };
    }

    private IEnumerable<(SandboxFacts Facts, bool AsOwnUser, string? Weakness)> Variants(SandboxFacts best)
    {
        const string asRoot = "Unprivileged user namespaces are off on this host: programs run as the host's root, without capabilities.";
        var open = best with { Program = best.Program! with { HidesInit = false } };
        yield return (best, false, null);
        yield return (open, false, null);
        if (users.IsRoot)
        {
            yield return (best, true, asRoot);
            yield return (open, true, asRoot);
        }
        if (best.Filter is not null)
            yield return (open with { Filter = null }, users.IsRoot, "The kernel refuses the system call filter.");
    }

    private static string? Weakness(SandboxFacts facts)
    {
        if (facts.Filter is null)
            return "There is no system call filter for this processor.";
        return facts.Program!.LimitsMemoryFolders ? null : "This bubblewrap cannot limit the size of /tmp and /output; version 0.8 can.";
    }
}
