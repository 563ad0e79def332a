/**
 * One word for each value of a byte, in alphabetical order: short, concrete and told apart when read aloud. The list
 * is part of what people write down and compare, so it never changes.
 */
export const FINGERPRINT_WORDS: readonly string[] = `
acorn album alley amber anchor ankle apple apron arch arrow aspen atlas attic badge bagel baker
bamboo banjo barn basil basket beach beaver bell bench berry birch bison blanket book bottle branch
bread brick bridge brook broom bucket butter button cabin cable cactus camel candle canoe carpet castle
cedar cello chalk cherry chess cider citrus clay cliff clover cobalt coconut comet copper coral cotton
cradle crane cricket crystal daisy dancer delta denim desert diamond dolphin donkey dragon drum eagle easel
echo elbow ember engine envoy fabric falcon feather fern ferry fiddle field finch flame flute forest
fossil fox galaxy garden garlic geyser ginger giraffe glacier globe glove goblet gorilla grape gravel guitar
hammer harbor hazel helmet heron honey horse hotel igloo indigo island ivory jacket jaguar jasmine jelly
jigsaw jungle juniper kayak kettle kitten koala ladder lagoon lamp lantern laurel lemon leopard lily linen
lizard llama lobster locket lotus magnet mango maple marble meadow melon meteor mirror mitten monkey moon
mosaic mountain muffin museum napkin nectar needle nickel noodle nutmeg oasis oboe ocean olive onion opal
orange orchid osprey otter oven oyster paddle palace panda paper parrot peach pebble pelican pencil pepper
piano pigeon pillow planet plum pocket pony potato prism pumpkin puzzle quail quartz quilt rabbit radish
raven ribbon river robin rocket saddle saffron salmon sandal sapphire saturn scarf shadow shell silver sketch
spider spoon squash statue summit sunset table teapot thunder tiger timber tomato topaz tulip tunnel turtle
umbrella velvet violet violin walnut walrus willow window winter wizard wombat yacht yogurt zebra zenith zipper
`
  .trim()
  .split(/\s+/);
