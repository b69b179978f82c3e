namespace Platform.Mail;

/// <summary>One plain-text mail to one address.</summary>
/// <param name="To">A bare address, without a display name.</param>
/// <param name="Subject">One line.</param>
public sealed record MailMessage(string To, string Subject, string Text);
