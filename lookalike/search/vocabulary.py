"""Words that may name a group of pictures; our own list. Colours are left to palettes."""

from __future__ import annotations

_LIST = """
animal; vehicle; plant; landscape; architecture; rough surface;
people; man; woman; child; baby; family; crowd; portrait; wedding; party; concert; team; athlete;
dancer; beach; sea; ocean; lake; river; waterfall; mountain; hill; desert; forest; tree; field;
meadow; garden; flower; rose; sunset; sunrise; sky; cloud; snow; ice; rain; night; stars; moon;
fire; fireworks; city; street; building; house; church; castle; bridge; tower; skyline; road; car;
truck; bus; train; bicycle; motorcycle; boat; ship; aeroplane; airport; station; harbour; market;
shop; restaurant; kitchen; bathroom; bedroom; office; classroom; stage; stadium; playground; park;
swimming pool; dog; cat; horse; cow; sheep; goat; pig; bird; duck; chicken; eagle; owl; parrot;
penguin; fish; shark; whale; turtle; frog; snake; lizard; spider; insect; butterfly; bee;
elephant; lion; tiger; bear; wolf; fox; rabbit; deer; monkey; mouse; food; bread; cake; pizza;
fruit; apple; banana; vegetable; salad; meat; soup; coffee; tea; wine; beer; bottle; cup; plate;
chair; sofa; bed; lamp; clock; mirror; window; door; stairs; book; newspaper; computer; laptop;
phone; camera; television; guitar; piano; drum; violin; ball; football; basketball; tennis; golf;
baseball; hockey; surfing; skiing; skateboard; running; climbing; cycling; swimming; fishing;
camping; tent; backpack; handbag; wallet; belt; watch; jewellery; ring; necklace; earrings;
sunglasses; hat; cap; scarf; shirt; t-shirt; jacket; coat; dress; skirt; trousers; jeans; shorts;
shoes; sandals; boots; socks; perfume; cosmetics; toy; doll; robot; knife; engine; wheel;
painting; drawing; cartoon; logo; icon; diagram; chart; map; screenshot; document; poster; sign;
flag; pattern; texture; wood; stone; brick; glass; fabric; leather; paper; black and white; puppy;
kitten; pigeon; seagull; swan; goose; crab; octopus; dolphin; squirrel; hedgehog; camel; zebra;
giraffe; kangaroo; panda; donkey; ant; couple; crowd of people; bride; old man; teenager;
musician; singer; band; soldier; police officer; firefighter; doctor; chef; worker; tourist;
cyclist; runner; climber; surfer; skater; snowboarder; footballer; cowboy; snow-covered mountain;
cliff; canyon; cave; coast; harbour with boats; pier; island; jungle; palm trees; autumn leaves;
grass; meadow with flowers; tulips; sunflowers; vineyard; farm; barn; windmill; lighthouse; pond;
underwater; coral reef; glacier; rainbow; lightning; fog; dirt road; railway tracks; fountain;
statue; monument; ruins; temple; mosque; cathedral; skyscraper; old building; shop window;
graffiti; alley; square; parking lot; subway; escalator; playground slide; amusement park;
carousel; circus; museum; library; hospital; gym; swimming pool slide; van; taxi; tractor; fire
engine; scooter; racing car; rally; helicopter; hot air balloon; sailing boat; canoe; kayak;
ferry; rocket; breakfast; sandwich; burger; noodles; rice; pasta; sushi; cheese; egg; chocolate;
ice cream; cookies; strawberries; grapes; lemon; tomato; mushroom; nuts; juice; cocktail; checked
shirt; striped shirt; polo shirt; blouse; sweater; hoodie; tracksuit; suit; tie; sari; kurta;
tunic; leggings; underwear; bra; bikini; swimsuit; pyjamas; gloves; trainers; running shoes;
leather shoes; high heels; flip-flops; ballet flats; bracelet; bangle; pendant; suitcase; travel
bag; purse; umbrella; lipstick; nail polish; cream; hairbrush; cufflinks; stole; rug; curtain;
pillow; blanket; vase; candle; basket; bucket; scissors; hammer; screwdriver; pen; pencil;
keyboard; printer; headphones; loudspeaker; microphone; battery; light bulb; fan; fridge; oven;
washing machine; kettle; pan; fork; spoon; bowl; box; key; coin; banknote; balloon; gift;
Christmas tree; pumpkin; bonfire; sparks; jumping; dancing; kissing; sleeping; eating; reading;
playing music; riding a horse; rock climbing; wrestling; boxing; martial arts; gymnastics;
volleyball; rugby; ice hockey; ice skating; sledging; snowboarding; wakeboarding; diving; sailing;
rowing; horse race; race; marathon; parade; protest; festival; graduation; abstract art; sketch;
comic; silhouette; close-up; aerial view; black background; white background; stripes; dots;
checks; flowers on fabric; handwriting; book cover; album cover; advertisement; infographic; floor
plan; user interface; emoji; arrow; letters; numbers; QR code; barcode
"""

WORDS: tuple[str, ...] = tuple(word.strip() for word in _LIST.replace("\n", " ").split(";"))
