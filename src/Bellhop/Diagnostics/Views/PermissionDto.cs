using Bellhop.Permissions;

namespace Bellhop.Diagnostics.Views;

/// <summary>The answer to <c>GET /v1/permissions</c>.</summary>
/// <param name="Permissions">Requests that wait for a person, oldest first.</param>
public sealed record PermissionsDto(IReadOnlyList<PermissionDto> Permissions);

/// <summary>A request for leave that waits for a person. Its texts are the agent's: data.</summary>
public sealed record PermissionDto
{
    /// <summary>What an answer names.</summary>
    public required string Id { get; init; }

    /// <summary>Whose agent asks.</summary>
    public required string Session { get; init; }

    /// <summary>The turn that waits.</summary>
    public required string Turn { get; init; }

    /// <summary>The tool call as the agent describes it.</summary>
    public required string Title { get; init; }

    /// <summary>The tool's kind: read, edit, execute…</summary>
    public string? Kind { get; init; }

    /// <summary>What the tool is called with: JSON as text, cut where it is long.</summary>
    public string? Input { get; init; }

    /// <summary>The answers that the agent offers.</summary>
    public required IReadOnlyList<PermissionOptionDto> Options { get; init; }

    /// <summary>Every word that <c>option</c> in an answer takes.</summary>
    public required IReadOnlyList<string> Answers { get; init; }

    /// <summary>Since when it waits.</summary>
    public required DateTimeOffset AskedAt { get; init; }

    /// <summary>When it is denied for want of an answer.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Shows a request.</summary>
    public static PermissionDto From(PermissionRequest request) =>
        new()
        {
            Id = request.Id,
            Session = request.Session,
            Turn = request.Turn,
            Title = request.Question.Title,
            Kind = request.Question.Kind,
            Input = request.Question.Input,
            Options = [.. request.Question.Options.Select(o => new PermissionOptionDto(o.Id, o.Name, o.KindWord))],
            Answers = request.Question.Answers,
            AskedAt = request.AskedAt,
            ExpiresAt = request.ExpiresAt,
        };
}

/// <summary>An answer that an agent offers.</summary>
/// <param name="Id">The agent's own.</param>
/// <param name="Name">What a person reads.</param>
/// <param name="Kind">allow_once, allow_always, reject_once or reject_always.</param>
public sealed record PermissionOptionDto(string Id, string Name, string Kind);

/// <summary>The body of <c>POST /v1/permissions/{id}</c>.</summary>
/// <param name="Option">allow, deny, or the id of one of the options.</param>
public sealed record PermissionAnswerDto(string? Option);

/// <summary>The answer to it.</summary>
/// <param name="Id">The request.</param>
/// <param name="Decision">allowed or denied.</param>
/// <param name="Option">The agent's option that was taken; null where it offers none for a no.</param>
public sealed record PermissionSettledDto(string Id, string Decision, string? Option);
