namespace Platform.Mail;

public enum MailOutcome
{
    /// <summary>The mail server has taken it over.</summary>
    Sent,

    /// <summary>No mail server is configured.</summary>
    Disabled,

    /// <summary>Refused, not reachable or too slow; also a message that is no valid mail.</summary>
    Failed,
}
