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
        if (await tryAsync(best, ct) is not { } refusal)
            return best with { Confines = true, Weakness = Weakness(best) };
        if (users.IsRoot)
        {
            // Some hosts let only root make user namespaces.
            users.Enabled = false;
            if (await tryAsync(best, ct) is null)
                return best with { Confines = true, Weakness = "Unprivileged user namespaces are off on this host: programs run as the host's root, without capabilities." };
        }
        var unfiltered = best with { Filter = null };
        if (best.Filter is not null && await tryAsync(unfiltered, ct) is null)
            return unfiltered with { Confines = true, Weakness = "The kernel refuses the system call filter." };
        return best with { Weakness = $"bubblewrap does not work here: {refusal}" };
    }

    private static string? Weakness(SandboxFacts facts)
    {
        if (facts.Filter is null)
            return "There is no system call filter for this processor.";
        return facts.Program!.LimitsMemoryFolders ? null : "This bubblewrap cannot limit the size of /tmp and /output; version 0.8 can.";
    }
}
