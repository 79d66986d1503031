/**
 * The two shaders that draw workers, and making a program of them. A row's place between its two fixes is found here, from the
 * time alone; what the bytes of a row mean is in glrows.mjs.
 */

const VERTEX = `#version 300 es
precision highp float;
precision highp int;
layout(location = 0) in vec4 way;
layout(location = 1) in vec2 span;
layout(location = 2) in uvec4 mark;
uniform float time, scale, size;
uniform vec4 centre;
uniform vec2 view, half_;
uniform int pass;
uniform vec4 colours[4];
flat out vec4 colour;
flat out vec2 turn, cells;
const float TURN = 6.283185307179586 / 256.0;

vec2 place(vec2 at) { return ((at - centre.xy) - centre.zw) * scale; }

void main() {
  int kind = int(mark.x & 3u);
  bool drawn = pass < 0 ? colours[kind].a > 0.0 : int(mark.x >> 2) == pass;
  float share = clamp((time - span.x) / span.y, 0.0, 1.0);
  vec2 at = mix(place(way.xy), place(way.zw), share) + half_;
  gl_Position = drawn ? vec4(at.x / view.x - 1.0, 1.0 - at.y / view.y, 0.0, 1.0) : vec4(2.0, 2.0, 0.0, 1.0);
  gl_PointSize = size;
  colour = colours[kind];
  bool arrow = mark.y == 7u;
  float angle = float(mark.w) * TURN;
  turn = vec2(cos(angle), sin(angle));
  cells = vec2(arrow ? -7.0 : float(mark.y), mark.z == 1u ? 0.0 : mark.z == 2u ? -8.0 : 99.0);
}`;

/** Cells below zero are turned by the heading; 99 is none. */
const FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
uniform sampler2D sheet;
uniform float size, radius, count, weight;
uniform int pass;
flat in vec4 colour;
flat in vec2 turn, cells;
out vec4 pixel;

vec4 cell(float which, vec2 at) {
  if (which > 90.0) return vec4(0.0);
  if (which < 0.0) at = vec2(turn.x * at.x + turn.y * at.y, turn.x * at.y - turn.y * at.x);
  if (any(greaterThan(abs(at), vec2(0.49)))) return vec4(0.0);
  return texture(sheet, vec2((abs(which) + at.x + 0.5) / count, at.y + 0.5));
}

void main() {
  vec2 at = gl_PointCoord - 0.5;
  if (pass < 0) {
    pixel = colour * clamp(radius - length(at) * size + 0.5, 0.0, 1.0);
    return;
  }
  vec4 mark = cell(cells.x, at);
  pixel = (mark + cell(cells.y, at) * (1.0 - mark.a)) * weight;
}`;

/** The uniforms of the program. */
export const UNIFORMS = /** @type {const} */ (['time', 'scale', 'size', 'centre', 'view', 'half_', 'pass', 'colours', 'sheet', 'radius', 'count', 'weight']);
/** @typedef {{[name in typeof UNIFORMS[number]]: WebGLUniformLocation|null}} Uniforms */

/**
 * @param {WebGL2RenderingContext} gl @returns {{program: WebGLProgram, at: Uniforms}}
 * @throws {Error} with the driver's words when it refuses the shaders
 */
export function makeProgram(gl) {
  const program = gl.createProgram();
  for (const [type, source] of /** @type {[number, string][]} */ ([[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]])) {
    const shader = /** @type {WebGLShader} */ (gl.createShader(type));
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
    gl.deleteShader(shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(`WebGL: ${gl.getProgramInfoLog(program)}`);
  const at = Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
  return { program, at: /** @type {Uniforms} */ (at) };
}
