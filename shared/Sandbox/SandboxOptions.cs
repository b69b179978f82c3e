using System.ComponentModel.DataAnnotations;

namespace Platform.Sandbox;

/// <summary>Section <c>Sandbox</c>.</summary>
public sealed class SandboxOptions
{
    public const string Section = "Sandbox";

    /// <summary><c>bubblewrap</c>; other providers register themselves.</summary>
    [Required]
    public string Provider { get; set; } = "bubblewrap";

    /// <summary>Development only: run foreign programs without isolation where bubblewrap does not work.</summary>
    public bool AllowUnconfined { get; set; }

    /// <summary>CPU cores that <see cref="SandboxPool"/> hands out; null is 1.2 times the host's cores.</summary>
    [Range(0.1, 4096)]
    public double? Cpu { get; set; }

    /// <summary>Memory in MiB that <see cref="SandboxPool"/> hands out; null is 80 % of the host's memory.</summary>
    [Range(64, int.MaxValue)]
    public int? MemoryMb { get; set; }

    /// <summary>How long a stopping host lets running programs finish.</summary>
    [Range(0, 600)]
    public int DrainSeconds { get; set; } = 30;

    /// <summary>Time between SIGTERM and SIGKILL of a cancelled run.</summary>
    [Range(0, 60)]
    public double GraceSeconds { get; set; } = 2;

    /// <summary>How often an empty run renews <see cref="ISandbox.State"/>.</summary>
    [Range(1, 3600)]
    public int ProbeSeconds { get; set; } = 60;

    /// <summary>Path of bubblewrap; null looks in PATH.</summary>
    public string? BubblewrapPath { get; set; }

    /// <summary>Whether cgroups are used where they are writable.</summary>
    public bool UseCgroups { get; set; } = true;
}
