namespace Bellhop.Agents;

/// <summary>The <c>agent</c> section of the configuration, and where agents may keep things.</summary>
public sealed class AgentOptions
{
    /// <summary>Which agent. The default value is <see cref="AgentKind.Auto"/>.</summary>
    public AgentKind Kind { get; set; } = AgentKind.Auto;

    /// <summary>The program and its first arguments. The default value is <c>["pi"]</c>.</summary>
    public IReadOnlyList<string> Command { get; set; } = ["pi"];

    /// <summary>Where it works; a leading <c>~</c> is the person's home. The default value is <c>~</c>.</summary>
    public string Cwd { get; set; } = "~";

    /// <summary>Variables added to its environment. The default value is none.</summary>
    public IReadOnlyDictionary<string, string> Env { get; set; } = new Dictionary<string, string>();

    /// <summary>Variables of ours that it must not see, beside <c>BELLHOP__*</c>. The default value is none.</summary>
    public IReadOnlyCollection<string> SecretVariables { get; set; } = [];

    /// <summary>
    /// What an agent of kind <see cref="AgentKind.Acp"/> hears when it asks leave for a tool call. The default value is
    /// <see cref="AgentPermissions.Deny"/>.
    /// </summary>
    public AgentPermissions Permissions { get; set; } = AgentPermissions.Deny;

    /// <summary>How long a person may take to answer such a request; kept by the lane. The default value is 10 minutes.</summary>
    public TimeSpan PermissionTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a turn may be without a sign of life; kept by the lane. The default value is 10 minutes.</summary>
    public TimeSpan TurnDeadline { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a start may take. Under load an old pi was seen to need 4 s. The default value is 30 seconds.
    /// </summary>
    public TimeSpan ReadyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Bellhop's home. The default value is <c>~/.bellhop</c>.</summary>
    public string Home { get; set; } = "~/.bellhop";
}
